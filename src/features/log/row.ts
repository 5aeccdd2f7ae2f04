import type { Tools } from '../../scope.ts'
import { type Entry, kindNumbers, type LogRoom, type Tip } from './entry.ts'
import { type Facts, placeOf, writeFacts } from './facts.ts'
import { linkAfter } from './integrity.ts'
import { sealText } from './seal.ts'
import type { NewRow } from './store.ts'

/** An entry as a row of the log behind `before`, its text sealed for exactly this entry, and linked. */
export function rowOf(tools: Tools, room: LogRoom, entry: Entry, before: Tip): NewRow {
  const { text, seq, at } = entry
  const facts: Facts = {
    roomKey: room.key,
    seq,
    kind: kindNumbers[entry.kind],
    actorId: entry.actor.id,
    at,
    target: entry.target ?? null,
    replyTo: entry.replyTo ?? null,
    clientId: entry.clientId ?? null,
    detail: entry.detail ?? null,
  }
  const written = writeFacts(facts)
  return {
    ...facts,
    body: text === undefined ? null : sealText(tools, placeOf(facts, written), text),
    threadSeq: entry.threadSeq ?? null,
    detail: entry.detail === undefined ? null : JSON.stringify(entry.detail),
    link: linkAfter(tools, before, written),
    ...(entry.meant ? { meant: entry.meant } : {}),
  }
}
