import { join } from 'node:path'
import { createMemoryBus } from './bus/memory.ts'
import { openBus } from './bus/open.ts'
import { type Claiming, claimed, placeOf } from './claiming.ts'
import { createAddressList } from './config/addresses.ts'
import { describeConfig } from './config/described.ts'
import type { Config } from './config.ts'
import { type Keyring, keyIds } from './crypto/keyring.ts'
import { deriveKey } from './crypto/keys.ts'
import type { DepotPlace } from './depot/depot.ts'
import { recordAccounts } from './features/audit/accounts.ts'
import { openAnchor } from './features/log/anchor.ts'
import { readIncarnation } from './features/log/incarnation.ts'
import { openIntegrity, renewIntegrity, requireLinked } from './features/log/integrity.ts'
import { checkKey, introduceKey, requireSharedKey } from './features/log/key-check.ts'
import { resealTargets } from './features/outgoing/seal.ts'
import { seedRoomsOnce } from './features/rooms/defaults.ts'
import { secrets } from './features/secrets.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import {
  defaultLimits,
  distrustEveryMs,
  limitsWithoutRates,
  mostGreetings,
  mostUncheckedMs,
  pingIntervalMs,
  pongTimeoutMs,
  previewsPerMessage,
  previewTimeoutMs,
  pushAfterMs,
  pushPauseMs,
  pushRetryMs,
} from './protocol/limits.ts'
import { announce, type Policy, type Tools } from './scope.ts'
import { endFirstStart, loadSecrets, requireDatabase, storeKeyring } from './secrets.ts'
import { doesNotOpen } from './storage/cluster.ts'
import { outageOf } from './storage/errors.ts'
import { migrate } from './storage/migrate.ts'
import { openStorage } from './storage/open.ts'
import { createTraces, type Traces } from './traces.ts'
import { version } from './version.ts'

/** Half a minute of nothing, or less than a slow phone sends, ends an upload. */
const slowestMs = 30_000
const leastPerSecond = 2_000
const lookAgainMs = 1000

/** After a start everybody comes back, and the database has enough to do. */
const searchSettleMs = 5000

/**
 * When a server stops, it tells its clients to come back within 5.5 s. A server that has just started on a busy machine needs some
 * seconds more for each.
 */
const presenceReturnMs = 20_000

const refreshTokenSeconds = 30 * 24 * 3600

/** Opens the tools of the verbs: the database, after its migrations and the check of its key, and the bus. */
export async function openTools(
  config: Config,
  log: Log = createLog({ level: config.logLevel }),
  claiming?: Claiming,
): Promise<Tools> {
  const { secretKey, keyring } = loadSecrets(config)
  if (!claiming?.startNew) requireDatabase(config)
  const keys = new Map<string, Uint8Array>()
  const node = claiming?.bus?.node ?? crypto.randomUUID()
  const metrics = createMetrics(node)
  const open = () =>
    openStorage({
      ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }),
      dataDir: config.dataDir,
      log: (message, fields) => log.info(message, { ...fields }),
      onStatement: () => metrics.statements.add(),
    })
  const sql = await (claiming ? claimed(open, log, config, keyIds(keyring), claiming) : open()).catch(
    (error) => {
      metrics.stop()
      throw error
    },
  )
  const tools: Tools = {
    sql,
    bus: claiming?.bus ?? createMemoryBus(node),
    clock: () => new Date(),
    newId: () => Bun.randomUUIDv7(),
    policy: {
      limits: {
        ...(config.rateLimits ? defaultLimits : limitsWithoutRates),
        file_bytes: config.fileBytes,
        files_per_user: config.filesPerUser,
        previews_per_message: config.previews ? previewsPerMessage : 0,
      },
      settings: describeConfig(config),
      signup: config.signup,
      signupEmail: config.signupEmail,
      roomCreation: config.roomCreation,
      ...(config.retentionDays !== undefined && { retentionDays: config.retentionDays }),
      rateLimits: config.rateLimits,
      search: config.search,
      searchSettleMs,
      // What the operator allows for webhooks would let everybody read pages of that network.
      ...(config.previews && {
        previews: { allowance: { has: () => false, isEmpty: true }, timeoutMs: previewTimeoutMs },
      }),
      pushContent: config.pushContent,
      pushAfterMs,
      pushPauseMs,
      pushRetryMs,
      outgoing: {
        has: createAddressList(config.outgoingAllow),
        isEmpty: config.outgoingAllow.length === 0,
      },
      files: { place: depotPlaceOf(config), types: config.fileTypes, slowestMs, leastPerSecond, lookAgainMs },
      ...(config.publicUrl !== undefined && { site: new URL(config.publicUrl).hostname }),
      ...mailPolicy(config),
      presenceReturnMs,
      accessTokenSeconds: config.accessTokenMinutes * 60,
      refreshTokenSeconds,
      pingIntervalMs,
      pongTimeoutMs,
      mostGreetings,
      distrustEveryMs,
      mostUncheckedMs,
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
        anchors: { directory: config.dataDir, place: placeOf(config, claiming?.worker) },
      }),
      ...(config.encryptionKey === undefined && {
        storeKeyring: (next: Keyring) => storeKeyring(config, tools.policy.keyring, next),
      }),
    },
    log,
    metrics,
    // The command line has no requests.
    traces: claiming && tracesOf(config, node, log, metrics),
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
      await requireSharedKey(sql, tools.policy.keyring)
      await introduceKey(sql, tools.policy.keyring)
      await renewIntegrity(tools)
      await resealTargets(tools)
      for (const secret of secrets) await secret.reseal(tools)
      const hasNewEpochs = await openAnchor(tools)
      // Before anybody subscribes to it or uses it.
      if (!claiming.bus) tools.bus = await openBus(config, busOptions(tools))
      if (hasNewEpochs) announce(tools, { what: 'epochs' })
      await requireLinked(tools)
    }
    await seedRoomsOnce(tools)
  } catch (error) {
    await closeTools(tools)
    throw explainDamage(error, config)
  }
  return tools
}

function tracesOf(
  { tracesEndpoint, tracesHeaders, tracesRatio, serviceName }: Config,
  node: string,
  log: Log,
  metrics: Metrics,
): Traces | undefined {
  if (tracesEndpoint === undefined) return undefined
  return createTraces({
    endpoint: tracesEndpoint,
    headers: tracesHeaders ?? {},
    ratio: tracesRatio,
    resource: { 'service.name': serviceName, 'service.version': version, 'service.instance.id': node },
    log,
    metrics: metrics.traces,
  })
}

function busOptions(tools: Tools) {
  const { bus, policy, log, metrics, sql, traces } = tools
  return {
    node: bus.node,
    key: policy.keyFor('bus'),
    log,
    metrics: metrics.bus,
    ...(traces && { traces }),
    async community() {
      const { community = '', number = 0 } = (await readIncarnation(tools)) ?? {}
      return `${community}|${number}`
    },
    expected: async () => (await sql.countNodes()) - 1,
  }
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
  await tools.traces?.close()
  await tools.sql.close()
}

export function depotPlaceOf({ filesUrl, dataDir, filesAccessKey, filesSecretKey }: Config): DepotPlace {
  if (filesUrl?.kind === 's3')
    return {
      ...filesUrl,
      ...(filesAccessKey && { accessKeyId: filesAccessKey }),
      ...(filesSecretKey && { secretAccessKey: filesSecretKey }),
    }
  if (filesUrl) return filesUrl
  return dataDir === ':memory:' ? { kind: 'memory' } : { kind: 'directory', path: join(dataDir, 'files') }
}

function mailPolicy({ mailUrl: server, mailFrom: from, publicUrl: origin }: Config): Pick<Policy, 'mail'> {
  if (!server || !from || origin === undefined) return {}
  return { mail: { server, from, origin, timeoutMs: 60_000, retryMs: 30_000 } }
}
