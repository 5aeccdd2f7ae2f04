import { headerOf } from '../../crypto/messages.ts'
import type { Tools } from '../../scope.ts'
import { resealText, textForm } from './seal.ts'
import {
  type Exchange,
  exchangeBodies,
  type Place,
  placeAfter,
  readOthers,
  readTops,
  type Sealed,
} from './sealed.ts'

const entriesAtOnce = 100

/** `damaged`: texts that do not open, left as they are. `late`: texts written after the rotation began. */
type Resealed = { damaged: Sealed[]; late: number }

/**
 * Seals every text with the current key that is sealed with another one, a few at a time; it sleeps at least half of the
 * time, for the chat. It may miss texts that are written or locked during the walk, so count afterwards.
 */
export async function resealLogs(
  tools: Tools,
  tops: Map<number, number>,
  signal: AbortSignal,
  resealed: (count: number) => void,
): Promise<Resealed> {
  const header = headerOf(tools.policy.keyring.current, textForm)
  const damaged: Sealed[] = []
  const end = await readTops(tools.sql)
  let late = 0
  for (let at: Place | undefined = { roomKey: 0, seq: 0 }; at; ) {
    signal.throwIfAborted()
    const began = performance.now()
    const entries: Sealed[] = await readOthers(tools.sql, header, at, entriesAtOnce)
    const exchanges: Exchange[] = []
    for (const entry of entries) {
      const { roomKey, seq, body } = entry
      if (body === null) continue
      const fresh = resealText(tools, entry, body)
      if (fresh === undefined) {
        damaged.push(entry)
        continue
      }
      exchanges.push({ roomKey, seq, body, fresh })
      if (seq > (tops.get(roomKey) ?? 0)) late++
    }
    if (exchanges.length > 0) resealed(await exchangeBodies(tools.sql, exchanges))
    const last = entries.at(-1)
    at = last && placeAfter(last, end)
    await Bun.sleep(performance.now() - began)
  }
  return { damaged, late }
}
