import type { Sql } from '../../storage/storage.ts'

type Found = { key: number; id: string; epoch: string; seq: number }

/** A user's messages that are not deleted yet, in rooms that are not deleted. */
export async function listMessagesBy({ query }: Sql, user: string, limit: number): Promise<Found[]> {
  return query<Found>(
    `select rooms.key, rooms.id, rooms.epoch, log.seq from log
     join rooms on rooms.key = log.room_key and rooms.deleted_at is null
     where log.actor_id = $1 and log.kind = 1 and log.deleted_at is null order by log.room_key, log.seq limit $2`,
    [user, limit],
  )
}
