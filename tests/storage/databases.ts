import { afterAll } from 'bun:test'
import { openStorage } from '../../src/storage/open.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { freshDatabase } from '../support/postgres.ts'

/** Every database there is here, each open and empty; closed and dropped when the file is done. */
export async function databases(): Promise<Storage[]> {
  const embedded = await openStorage({ dataDir: ':memory:' })
  const fresh = await freshDatabase()
  const server = fresh ? await openStorage({ databaseUrl: fresh.url, dataDir: 'unused' }) : undefined
  afterAll(async () => {
    await embedded.close()
    await server?.close()
    await fresh?.drop()
  })
  return server ? [embedded, server] : [embedded]
}
