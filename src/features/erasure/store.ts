import { and, eq, isNull } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { log } from '../../storage/tables/log.ts'
import { rooms } from '../../storage/tables/rooms.ts'
import { kindNumbers } from '../log/entry.ts'

/** A user's messages that are not deleted yet, in rooms that are not deleted. */
export async function listMessagesBy({ db }: Sql, user: string, limit: number) {
  return db
    .select({ key: rooms.key, id: rooms.id, epoch: rooms.epoch, access: rooms.access, seq: log.seq })
    .from(log)
    .innerJoin(rooms, and(eq(rooms.key, log.roomKey), isNull(rooms.deletedAt)))
    .where(and(eq(log.actorId, user), eq(log.kind, kindNumbers['message.created']), isNull(log.deletedAt)))
    .orderBy(log.roomKey, log.seq)
    .limit(limit)
}
