import type { Sql } from '../../storage/storage.ts'

export async function insertBlock({ query }: Sql, user: string, blocked: string): Promise<void> {
  await query(`insert into blocks (user_id, blocked_id) values ($1, $2) on conflict do nothing`, [
    user,
    blocked,
  ])
}

export async function deleteBlock({ query }: Sql, user: string, blocked: string): Promise<void> {
  await query(`delete from blocks where user_id = $1 and blocked_id = $2`, [user, blocked])
}

export async function listBlocked({ query }: Sql, user: string): Promise<string[]> {
  const rows = await query<{ id: string }>(`select blocked_id as id from blocks where user_id = $1`, [user])
  return rows.map(({ id }) => id)
}

/** Whether any of `others` has blocked `user`, or is blocked by them. */
export async function isBlockedAmong({ query }: Sql, user: string, others: string[]): Promise<boolean> {
  const rows = await query(
    `select 1 from blocks where (user_id = any($2::uuid[]) and blocked_id = $1)
       or (user_id = $1 and blocked_id = any($2::uuid[])) limit 1`,
    [user, others],
  )
  return rows.length > 0
}

/** The keys of the direct rooms that both people are in. */
export async function listDirectsOf({ query }: Sql, one: string, other: string): Promise<number[]> {
  const rows = await query<{ key: number }>(
    `select rooms.key from rooms
     join members mine on mine.room_key = rooms.key and mine.user_id = $1
     join members theirs on theirs.room_key = rooms.key and theirs.user_id = $2
     where rooms.access = 'direct'`,
    [one, other],
  )
  return rows.map(({ key }) => key)
}
