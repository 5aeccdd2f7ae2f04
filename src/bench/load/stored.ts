import { type Entry, entryOf } from '../history.ts'
import type { Recorder } from '../recorder.ts'

/** The whole log of a room, as this server has it. */
export async function readLog(url: string, token: string, room: string): Promise<Entry[]> {
  const headers = { authorization: `Bearer ${token}` }
  const entries: Entry[] = []
  for (let since: number | undefined = 0; since !== undefined; ) {
    const answer: Response = await fetch(`${url}/rooms/${room}/log?since=${since}&limit=500`, { headers })
    if (!answer.ok)
      throw new Error(`The log of ${room} responds with ${answer.status}: ${await answer.text()}`)
    const page = (await answer.json()) as { items: Parameters<typeof entryOf>[0][]; next?: number }
    entries.push(...page.items.map(entryOf))
    since = page.next
  }
  return entries
}

/** Returns the head. */
export function recordStored(recorder: Recorder, room: string, entries: readonly Entry[]): number {
  for (const { clientId, ...entry } of entries) {
    const about = clientId === undefined ? {} : { client_id: clientId }
    recorder.note({ what: 'stored', room, ...entry, ...about })
  }
  return entries.at(-1)?.seq ?? 0
}
