import type { Send } from '../../src/bench/history.ts'

export type Poster = { sends: Send[]; finish(): Promise<void>; close(): void }

type Options = { name: string; token: string; room: string; url(): Promise<string> }

/** Sends over REST, one at a time, and repeats each until it is answered. */
export function startPoster({ name, token, room, url }: Options): Poster {
  const sends: Send[] = []
  let finishing = false
  let closed = false

  async function post({ content, clientId }: Send): Promise<{ seq: number; created_at: string } | undefined> {
    try {
      const response = await fetch(`${await url()}/rooms/${room}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content, client_id: clientId }),
        signal: AbortSignal.timeout(5000),
      })
      return response.ok ? ((await response.json()) as { seq: number; created_at: string }) : undefined
    } catch {
      return undefined
    }
  }

  async function work(): Promise<void> {
    while (!finishing) {
      const clientId = `${name}-${sends.length + 1}`
      const send: Send = { sender: name, room, clientId, content: `${clientId} to ${room}` }
      sends.push(send)
      let stored = await post(send)
      for (; !stored; stored = await post(send)) {
        if (closed) return
        await Bun.sleep(20)
      }
      send.ack = stored.seq
      send.storedAt = stored.created_at
    }
  }

  const done = work()
  return {
    sends,
    finish() {
      finishing = true
      return done
    },
    close() {
      finishing = true
      closed = true
    },
  }
}
