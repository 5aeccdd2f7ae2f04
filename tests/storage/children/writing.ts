/**
 * Opens the embedded database in argv[2] and inserts argv[3] rows one after another, or without end if it is missing. Prints
 * "open", then the number of each row once it is acknowledged, then "done" and waits to be ended. While the database
 * is unavailable it says so on standard error and tries again.
 */
import { isUnavailable } from '../../../src/storage/errors.ts'
import { openStorage } from '../../../src/storage/open.ts'
import type { Storage } from '../../../src/storage/storage.ts'

async function insert(storage: Storage, n: number): Promise<void> {
  for (;;) {
    try {
      await storage.query('insert into counts values ($1) on conflict do nothing', [n])
      return
    } catch (error) {
      if (!isUnavailable(error)) throw error
      console.error(`${n}: ${(error as Error).message}`)
      await Bun.sleep(100)
    }
  }
}

const [, , dataDir = '', most = 'Infinity'] = process.argv

try {
  const storage = await openStorage({ dataDir })
  await storage.query('create table if not exists counts (n int primary key)')
  const [last] = await storage.query<{ n: number }>('select coalesce(max(n), 0) as n from counts')
  console.log('open')
  for (let n = last!.n + 1; n <= last!.n + Number(most); n++) {
    await insert(storage, n)
    console.log(n)
  }
  console.log('done')
  for await (const line of console) {
    if (line !== 'close') continue
    await storage.close()
    console.log('closed')
    process.exit(0)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(3)
}
