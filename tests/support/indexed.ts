import { patienceMs } from './patience.ts'
import type { TestServer } from './server.ts'

/** The policy of a server that need not wait until everybody has come back. */
export const sweepAtOnce = { searchSettleMs: 0 }

/** Every entry was looked at, and everything old is filled in. */
export async function indexed({ tools }: Pick<TestServer, 'tools'>): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const [row] = await tools.sql.query<{ left: number }>(
      `select count(*)::int as left from rooms left join search_positions as place on place.room_key = rooms.key
       where deleted_at is null and (place.room_key is null or place.filling > 0
         or place.seq < (select coalesce(max(seq), 0) from log where log.room_key = rooms.key))`,
    )
    if (row!.left === 0) return
    if (performance.now() > deadline) throw new Error(`${row!.left} rooms are not indexed`)
    await Bun.sleep(20)
  }
}
