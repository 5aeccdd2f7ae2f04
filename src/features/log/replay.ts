import type { Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { type Entry, kindName, type LogRoom } from './entry.ts'
import { openText } from './seal.ts'
import { type LogRow, readRows } from './store.ts'

/** The entries of a room after `since`, in their order. */
export async function readEntries(
  tools: Tools,
  room: LogRoom,
  since: number,
  limit: number,
): Promise<Entry[]> {
  const rows = await readRows(tools.sql, room.key, since, limit)
  const ids = rows.flatMap((row) => [row.actorId, row.targetActorId, row.detail?.user])
  const people = await authorsOf(
    tools,
    ids.filter((id) => typeof id === 'string'),
  )
  return rows.map((row) => entryOf(tools, room, row, (id) => people.get(id)!))
}

function entryOf(
  tools: Tools,
  room: LogRoom,
  row: LogRow,
  person: (id: string) => NonNullable<Entry['actor']>,
): Entry {
  const deletedAt = row.deletedAt ?? row.targetDeletedAt
  return {
    kind: kindName(row.kind),
    seq: row.seq,
    at: row.at,
    actor: person(row.actorId),
    ...(row.target === null ? {} : { target: row.target }),
    ...(row.clientId === null ? {} : { clientId: row.clientId }),
    ...(row.replyTo === null ? {} : { replyTo: row.replyTo }),
    ...(row.detail === null ? {} : { detail: row.detail }),
    ...(row.detail?.user ? { member: person(row.detail.user) } : {}),
    ...(deletedAt === null ? {} : { deletedAt }),
    ...(row.body === null || deletedAt ? {} : openText(tools, room.key, row.seq, row.actorId, row.body)),
    ...(row.targetActorId === null || row.targetAt === null
      ? {}
      : {
          about: {
            author: person(row.targetActorId),
            at: row.targetAt,
            ...(row.targetClientId === null ? {} : { clientId: row.targetClientId }),
            ...(row.targetReplyTo === null ? {} : { replyTo: row.targetReplyTo }),
          },
        }),
  }
}
