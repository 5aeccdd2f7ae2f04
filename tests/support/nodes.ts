import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../src/bus/bus.ts'
import { readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { createLog } from '../../src/log.ts'
import { createServer, type Server } from '../../src/server.ts'
import { migratedDatabase } from './migrated-postgres.ts'
import { cheapPasswords } from './server.ts'

export type Nodes = { servers: Server[]; databaseUrl: string; stop(): Promise<void> }

type Settings = Record<string, string>

/**
 * Real servers in this process, one for each bus, on one fresh database of Postgres and with the same secrets. Each has a
 * DATA_DIR of its own, as on machines of their own. `settings` as in the environment, also as a function of the address of the
 * database and the number of the node. With a number instead of buses, so many servers open the buses that their settings ask for.
 */
export async function startNodes(
  buses: Bus[] | number,
  settings: Settings | ((databaseUrl: string, index: number) => Settings) = {},
): Promise<Nodes> {
  const fresh = await migratedDatabase()
  if (!fresh) throw new Error('There is no Postgres for tests here')
  const directory = mkdtempSync(join(tmpdir(), 'parley-nodes-'))
  const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey(), DATABASE_URL: fresh.url }
  const servers: Server[] = []
  const policy = { passwordCost: cheapPasswords }
  const given: (Bus | undefined)[] = typeof buses === 'number' ? Array.from({ length: buses }) : buses
  for (const [index, bus] of given.entries()) {
    const own = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(directory, String(index)) }
    const more = typeof settings === 'function' ? settings(fresh.url, index) : settings
    const config = readConfig({ RATE_LIMITS: 'off', ...own, ...secrets, ...more })
    servers.push(await createServer(config, createLog({ level: 'silent' }), { policy, ...(bus && { bus }) }))
  }
  return {
    servers,
    databaseUrl: fresh.url,
    async stop() {
      for (const server of servers) await server.stop()
      await fresh.drop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
