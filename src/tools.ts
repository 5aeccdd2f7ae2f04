import { join } from 'node:path'
import { createMemoryBus } from './bus/memory.ts'
import { withoutPassword } from './config/values.ts'
import type { Config } from './config.ts'
import type { Keyring } from './crypto/keyring.ts'
import { deriveKey } from './crypto/keys.ts'
import { recordAccounts } from './features/audit/accounts.ts'
import { openAnchor } from './features/log/anchor.ts'
import { openIntegrity, renewIntegrity } from './features/log/integrity.ts'
import { checkKey, introduceKey } from './features/log/key-check.ts'
import { seedRoomsOnce } from './features/rooms/defaults.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import {
  defaultLimits,
  limitsWithoutRates,
  mostGreetings,
  pingIntervalMs,
  pongTimeoutMs,
} from './protocol/limits.ts'
import type { Tools } from './scope.ts'
import { endFirstStart, loadSecrets, requireDatabase, storeKeyring } from './secrets.ts'
import { doesNotOpen } from './storage/cluster.ts'
import { DatabaseInUse, outageOf } from './storage/errors.ts'
import { migrate } from './storage/migrate.ts'
import { openStorage } from './storage/open.ts'
import type { Storage } from './storage/storage.ts'

const refreshTokenSeconds = 30 * 24 * 3600

/**
 * How a server opens its database: as the only server of it. With `waitUntil` it waits for another one to stop; with
 * `startNew` it creates a database where that of its secrets is gone.
 */
type Claiming = { waitUntil?: AbortSignal; startNew?: boolean; onLost(why: Error): void }

/** Opens the tools of the verbs: the database, after its migrations and the check of its key, and the bus. */
export async function openTools(
  config: Config,
  log: Log = createLog({ level: config.logLevel }),
  claiming?: Claiming,
): Promise<Tools> {
  const { secretKey, keyring } = loadSecrets(config)
  if (!claiming?.startNew) requireDatabase(config)
  const keys = new Map<string, Uint8Array>()
  const metrics = createMetrics()
  const open = () =>
    openStorage({
      ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }),
      dataDir: config.dataDir,
      log: (message, fields) => log.info(message, { ...fields }),
      onStatement: () => metrics.statements.add(),
    })
  const sql = await (claiming ? claimed(open, log, claiming) : open()).catch((error) => {
    metrics.stop()
    throw error
  })
  const tools: Tools = {
    sql,
    bus: createMemoryBus(),
    clock: () => new Date(),
    newId: () => Bun.randomUUIDv7(),
    policy: {
      limits: config.rateLimits ? defaultLimits : limitsWithoutRates,
      signup: config.signup,
      signupEmail: config.signupEmail,
      roomCreation: config.roomCreation,
      ...(config.retentionDays !== undefined && { retentionDays: config.retentionDays }),
      rateLimits: config.rateLimits,
      ...(config.publicUrl !== undefined && { site: new URL(config.publicUrl).hostname }),
      accessTokenSeconds: config.accessTokenMinutes * 60,
      refreshTokenSeconds,
      pingIntervalMs,
      pongTimeoutMs,
      mostGreetings,
      keyFor(purpose) {
        let key = keys.get(purpose)
        if (!key) {
          key = deriveKey(secretKey, purpose)
          keys.set(purpose, key)
        }
        return key
      },
      keyring,
      ...(config.dataDir !== ':memory:' && {
        anchors: { directory: config.dataDir, place: placeOf(config) },
      }),
      ...(config.encryptionKey === undefined && {
        storeKeyring: (next: Keyring) => storeKeyring(config, tools.policy.keyring, next),
      }),
    },
    log,
    metrics,
    // For the command line, which has no requests. `createServer` replaces it.
    http: {
      addressOf: () => 'local',
      allowsOrigin: () => false,
      originOf: () => '',
      secureCookies: false,
      keepOpen: () => {},
    },
    memory: new Map(),
  }
  recordAccounts(tools)
  try {
    await migrate(sql)
    endFirstStart(config)
    await checkKey(tools)
    await openIntegrity(tools)
    if (claiming) {
      await introduceKey(sql, tools.policy.keyring)
      await renewIntegrity(tools)
      await openAnchor(tools)
    }
    await seedRoomsOnce(tools)
  } catch (error) {
    await closeTools(tools)
    throw explainDamage(error, config)
  }
  return tools
}

/** Says what to do where the files of the embedded database are damaged. Any other error stays as it is. */
export function explainDamage(error: unknown, { databaseUrl, dataDir }: Config): unknown {
  if (databaseUrl !== undefined || outageOf(error) !== 'database_damaged') return error
  const { message, cause } = error as Error
  return doesNotOpen(join(dataDir, 'db'), cause instanceof Error ? cause.message : message)
}

export async function closeTools(tools: Tools): Promise<void> {
  tools.metrics.stop()
  await tools.bus.close()
  await tools.sql.close()
}

/** Servers with different databases may share a directory. */
const placeOf = ({ databaseUrl }: Config): string =>
  databaseUrl === undefined
    ? 'embedded'
    : new Bun.CryptoHasher('sha256').update(withoutPassword(databaseUrl)).digest('hex').slice(0, 12)

const waitMs = 250

/** Claimed before anybody looks at what is in it: the other server may have an older schema. */
async function claimed(
  open: () => Promise<Storage>,
  log: Log,
  { waitUntil, onLost }: Claiming,
): Promise<Storage> {
  for (let attempt = 0; ; attempt++) {
    try {
      const sql = await open()
      try {
        void (await sql.claim()).lost.then(onLost)
        return sql
      } catch (error) {
        await sql.close()
        throw error
      }
    } catch (error) {
      if (!waitUntil || !(error instanceof DatabaseInUse)) throw error
      if (attempt === 0) log.info('waiting until the other server has stopped', { reason: error.message })
      await Bun.sleep(waitMs)
      waitUntil.throwIfAborted()
    }
  }
}
