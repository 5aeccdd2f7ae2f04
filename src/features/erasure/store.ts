import type { Sql } from '../../storage/storage.ts'

type Found = { key: number; id: string; epoch: string; seq: number }

/** Messages of somebody that are not deleted yet, in rooms that exist. */
export async function listMessagesBy({ query }: Sql, user: string, limit: number): Promise<Found[]> {
  return query<Found>(
    `select rooms.key, rooms.id, rooms.epoch, log.seq from log
     join rooms on rooms.key = log.room_key and rooms.deleted_at is null
     where log.actor_id = $1 and log.kind = 1 and log.deleted_at is null order by log.room_key, log.seq limit $2`,
    [user, limit],
  )
}

/** Whom they blocked, who blocked them, where they were silenced, the browsers they used, and what they called their tokens. */
export async function forgetPerson({ query }: Sql, user: string): Promise<void> {
  await query(`delete from blocks where user_id = $1 or blocked_id = $1`, [user])
  await query(`delete from silences where user_id = $1`, [user])
  await query(`delete from tokens where session_id in (select id from sessions where user_id = $1)`, [user])
  await query(`update sessions set user_agent = '' where user_id = $1`, [user])
}
