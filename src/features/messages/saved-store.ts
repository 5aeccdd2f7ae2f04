import type { Sql } from '../../storage/storage.ts'

/** Nobody has saved these messages any more. */
export async function removeSaved({ query }: Sql, room: number, seqs: number[]): Promise<void> {
  await query('delete from saved_messages where room_key = $1 and seq = any($2::bigint[])', [room, seqs])
}
