import { randomId } from '../../crypto/keys.ts'
import type { Sql } from '../../storage/storage.ts'

const roomsAtOnce = 2000

/** Gives every room a new epoch: earlier positions mean nothing any more, so clients fetch everything again. */
export async function renewEpochs({ query }: Sql): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await query<{ key: number }>(
      'select key from rooms where key > $1 and deleted_at is null order by key limit $2',
      [after, roomsAtOnce],
    )
    const keys = rows.map(({ key }) => key)
    await query(
      `update rooms set epoch = fresh.epoch from unnest($1::int[], $2::text[]) as fresh (key, epoch)
       where rooms.key = fresh.key`,
      [keys, keys.map(() => randomId())],
    )
    if (keys.length < roomsAtOnce) return
    after = keys.at(-1)!
  }
}
