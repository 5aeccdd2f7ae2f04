import type { Recorder } from '../recorder.ts'

type Options = {
  username: string
  token: string
  node: number
  url: string
  recorder: Recorder
  roomAt(): string
}

/** Enough for a node that works, and so little that two of them fit into the time in which a node must work again. */
const answerMs = 2000
const retryMs = 100

export type Poster = ReturnType<typeof createPoster>

/** Sends over REST to one node only, one message at a time, and repeats each until it is answered: shows when its node works. */
export function createPoster({ username, token, node, url, recorder, roomAt }: Options) {
  const session = `${username}-${crypto.randomUUID().slice(0, 8)}`
  let sent = 0
  let unanswered = 0

  /** The `seq`, or the code of a final refusal; undefined when it may be stored or not. */
  async function post(room: string, content: string, clientId: string): Promise<number | string | undefined> {
    try {
      const response = await fetch(`${url}/rooms/${room}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content, client_id: clientId }),
        signal: AbortSignal.timeout(answerMs),
      })
      const answer = (await response.json()) as { seq: number; code: string }
      if (response.ok) return answer.seq
      return response.status < 500 && response.status !== 429 ? answer.code : undefined
    } catch {
      return undefined
    }
  }

  return {
    unanswered: () => unanswered,
    async postOne(): Promise<void> {
      const room = roomAt()
      const clientId = `${session}-${++sent}`
      const content = `${clientId} posts to ${room}`
      recorder.note({ what: 'invoke', who: username, room, client_id: clientId, content, node })
      unanswered = 1
      let outcome = await post(room, content, clientId)
      for (; outcome === undefined; outcome = await post(room, content, clientId)) {
        recorder.note({ what: 'unknown', who: username, client_id: clientId })
        await Bun.sleep(retryMs)
      }
      unanswered = 0
      const about = { who: username, client_id: clientId }
      if (typeof outcome === 'number') recorder.note({ what: 'ok', ...about, seq: outcome })
      else recorder.note({ what: 'fail', ...about, code: outcome })
    },
  }
}
