import type { Dice } from '../dice.ts'
import type { Recorder } from '../recorder.ts'
import type { NemesisJob } from './job.ts'

const answerMs = 4000
/** A node that was frozen or cut off does what it was asked to within this time, although nobody waits for its answer any more. */
const lateMs = 12_000
const retryMs = 150
/** How long a member is out. */
const outMs = { least: 50, most: 3000 }
/** After this time no node may accept anything from them, unless it is cut off. */
const trespassMs = 1200

/** Removes members from rooms and adds them back, each time through another node. Only people who do not talk: their sends would rightly be refused. */
export function createKeeper({ nodes, keeper, guests, rooms }: NemesisJob, dice: Dice, recorder: Recorder) {
  const out = new Set<string>()

  /** Tries until the room is as asked. Says when a try that nobody answered began. */
  async function change(method: 'PUT' | 'DELETE', room: string, who: string): Promise<number | undefined> {
    let unansweredAt: number | undefined
    for (;;) {
      const began = performance.now()
      try {
        const response = await fetch(`${dice.pick(nodes)}/rooms/${room}/members/${who}`, {
          method,
          headers: { authorization: `Bearer ${keeper.token}`, 'content-type': 'application/json' },
          ...(method === 'PUT' ? { body: '{}' } : {}),
          signal: AbortSignal.timeout(answerMs),
        })
        // An earlier try was stored, and its answer was lost.
        if (response.ok || (method === 'DELETE' && response.status === 404)) return unansweredAt
        await response.body?.cancel()
      } catch {
        // Nobody answered: another node is asked.
        unansweredAt = began
      }
      await Bun.sleep(retryMs)
    }
  }

  let trespasses = 0

  /** Somebody who was removed tries to send. */
  async function trespass({ username, token }: NemesisJob['keeper'], room: string): Promise<void> {
    const clientId = `trespass-${username}-${++trespasses}`
    const content = `${clientId} is not in ${room}`
    let seq: number | undefined
    try {
      const response = await fetch(`${dice.pick(nodes)}/rooms/${room}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content, client_id: clientId }),
        signal: AbortSignal.timeout(answerMs),
      })
      const answer = (await response.json()) as { seq?: number }
      if (response.ok) seq = answer.seq
    } catch {
      // Stored or not, which the log shows.
    }
    const accepted = seq === undefined ? {} : { seq }
    recorder.note({ what: 'trespass', who: username, room, client_id: clientId, content, ...accepted })
  }

  return {
    async removeAndAdd(): Promise<void> {
      const room = dice.pick(rooms.slice(1))
      const silent = room.guests.filter((place) => place % 2 === 1 && !out.has(guests[place]!.username))
      if (silent.length === 0) return
      const person = guests[dice.pick(silent)]!
      const { username } = person
      out.add(username)
      recorder.note({ what: 'removing', who: username, room: room.id })
      const removedLateAt = await change('DELETE', room.id, username)
      const restMs = dice.between(outMs.least, outMs.most)
      await Bun.sleep(Math.min(restMs, trespassMs))
      if (restMs > trespassMs) {
        await trespass(person, room.id)
        await Bun.sleep(restMs - trespassMs)
      }
      recorder.note({ what: 'adding', who: username, room: room.id })
      await change('PUT', room.id, username)
      if (removedLateAt !== undefined) {
        // That removal may come after this: the last word is said when it no longer can.
        await Bun.sleep(Math.max(0, removedLateAt + lateMs - performance.now()))
        recorder.note({ what: 'adding', who: username, room: room.id })
        await change('PUT', room.id, username)
      }
      recorder.note({ what: 'added', who: username, room: room.id })
      out.delete(username)
    },
  }
}
