import type { Sql } from '../../storage/storage.ts'

export async function findDirect({ query }: Sql, directKey: string): Promise<string | undefined> {
  const [room] = await query<{ id: string }>(`select id from rooms where direct_key = $1`, [directKey])
  return room?.id
}

/** Whether two people are together in a room that is not a direct one. */
export async function sharesRoom({ query }: Sql, one: string, other: string): Promise<boolean> {
  const rows = await query(
    `select 1 from members mine join members theirs on theirs.room_key = mine.room_key and theirs.user_id = $2
     join rooms on rooms.key = mine.room_key and rooms.access <> 'direct' and rooms.deleted_at is null
     where mine.user_id = $1 limit 1`,
    [one, other],
  )
  return rows.length > 0
}
