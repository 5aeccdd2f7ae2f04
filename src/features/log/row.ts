import type { Tools } from '../../scope.ts'
import { type Entry, kindNumbers, type LogRoom } from './entry.ts'
import { sealText } from './seal.ts'
import type { NewRow } from './store.ts'

/** An entry as a row of the log, its text sealed for exactly this place. */
export function rowOf(tools: Tools, room: LogRoom, entry: Entry): NewRow {
  const { text, actor, seq } = entry
  return {
    roomKey: room.key,
    seq,
    at: entry.at,
    kind: kindNumbers[entry.kind],
    actorId: actor.id,
    target: entry.target ?? null,
    body: text === undefined ? null : sealText(tools, room.key, seq, actor.id, text),
    clientId: entry.clientId ?? null,
    replyTo: entry.replyTo ?? null,
    detail: entry.detail === undefined ? null : JSON.stringify(entry.detail),
  }
}
