import { Elysia } from 'elysia'
import { lastBackupSeconds } from './archive/last-backup.ts'
import type { Bus } from './bus/bus.ts'
import { createAddressList, reachableHost } from './config/addresses.ts'
import type { Config } from './config.ts'
import { guard } from './features/auth/guard.ts'
import { openLimits } from './features/auth/limits.ts'
import { setupCode } from './features/auth/setup.ts'
import { communityField, startCommunity } from './features/community/community.ts'
import { startFileSweep } from './features/files/sweep.ts'
import { startKeywords } from './features/keywords/watch.ts'
import { closeAnchor } from './features/log/anchor.ts'
import { linkOldLogs } from './features/log/link-old.ts'
import { shareSoon } from './features/log/share-noticed.ts'
import { writer } from './features/log/writer.ts'
import { watchAccounts } from './features/mail/account.ts'
import { startMail } from './features/mail/sender.ts'
import { startThreads } from './features/messages/thread-old.ts'
import { startMissed } from './features/missed/queue.ts'
import { startOutgoing } from './features/outgoing/dispatch.ts'
import { stopPresence } from './features/presence/online.ts'
import { startPreviews } from './features/previews/start.ts'
import { startPush } from './features/push/call.ts'
import { startRetention } from './features/retention/sweep.ts'
import { purgeLeftovers } from './features/rooms/purge.ts'
import { startIndexer } from './features/search/indexer.ts'
import { createAddressOf } from './http/address.ts'
import { mostSockets } from './http/descriptors.ts'
import { watchDisk } from './http/disk.ts'
import { errorMapper } from './http/errors.ts'
import { httpFrame } from './http/frame.ts'
import { healthRoutes } from './http/health.ts'
import { methodsAt } from './http/methods.ts'
import { metricsRoutes } from './http/metrics.ts'
import { createOrigins } from './http/origins.ts'
import type { HtmlImport } from './http/page/assets.ts'
import { pageRoutes } from './http/page.ts'
import { restRoutes } from './http/rest.ts'
import { swaggerRoutes } from './http/swagger.ts'
import { createLog, type Log } from './log.ts'
import { metricsOfOthers } from './operator/control-workers.ts'
import type { About } from './protocol/about.ts'
import { startCatchUp } from './realtime/catch-up.ts'
import type { Connection } from './realtime/connection.ts'
import { startDoubt } from './realtime/doubt.ts'
import { createHub } from './realtime/hub.ts'
import { startSweep } from './realtime/sweep.ts'
import { socketRoutes } from './realtime/upgrade.ts'
import { featureRoutes } from './routes.ts'
import { distrust, onChange, type Policy, type Tools } from './scope.ts'
import { socketPorts } from './sockets.ts'
import { closeTools, explainDamage, openTools } from './tools.ts'
import { version } from './version.ts'
import page from './web/index.html'

/** With more bytes than this in a socket's buffer, Bun drops the socket. The sweep closes it cleanly long before. */
const hardBuffer = 4 << 20
/** The real limits are `frame_bytes` and `file_bytes`, which return a problem. Bun would close the connection, and reads no body that nobody reads. */
const mostBodyBytes = 2 ** 40
/** Bun takes no more. */
const longestPauseSeconds = 255
const drainMs = 20_000
const spreadMs = 5_000
const lastFramesMs = 100

export type Server = {
  url: string
  port: number
  tools: Tools
  /** The link to create the first administrator; undefined if there is one. */
  setupLink: string | undefined
  /** Resolves when another server has taken the database: this one cannot write any more. */
  lost: Promise<Error>
  /** Finishes commands under way, closes the sockets, then the database. */
  stop(): Promise<void>
}

/** One of several processes that share a port and a DATA_DIR; numbers begin at 1. */
export type Worker = { number: number; of: number }

type Starting = {
  waitUntil?: AbortSignal
  startNew?: boolean
  bus?: Bus
  worker?: Worker
  /** What no setting changes; only tests do. */
  policy?: Partial<Policy>
}

/** Opens database and bus, connects both doors to the verbs, and listens. */
export async function createServer(
  config: Config,
  log: Log = createLog({ level: config.logLevel }),
  { waitUntil, startNew = false, bus, worker, policy }: Starting = {},
): Promise<Server> {
  const lost = Promise.withResolvers<Error>()
  const tools = await openTools(config, log, {
    ...(waitUntil && { waitUntil }),
    startNew,
    ...(bus && { bus }),
    ...(worker && { worker: worker.number }),
    onLost: lost.resolve,
  })
  Object.assign(tools.policy, policy)
  const code = await setupCode(tools).catch(async (error) => {
    await closeTools(tools)
    throw explainDamage(error, config)
  })
  tools.metrics.lastBackup.from(() => lastBackupSeconds(config.dataDir))
  const stopDiskWatch = await watchDisk(tools, config)
  log.info('the database is open', { database: tools.sql.kind, promise: tools.sql.promise })
  let draining = false
  const isDraining = (): boolean => draining
  const peerOf = (request: Request): string | undefined => app.server?.requestIP(request)?.address
  const ownUrl = (): string => `http://${reachableHost(config.host)}:${app.server?.port}`
  const origins = createOrigins(config.corsOrigins, config.publicUrl)
  tools.http = {
    addressOf: createAddressOf(createAddressList(config.trustedProxies), peerOf),
    allowsOrigin: origins.allows,
    originOf: (request) => config.publicUrl ?? new URL(request.url, ownUrl()).origin,
    secureCookies: config.publicUrl?.startsWith('https:') ?? false,
    keepOpen: (request, seconds = longestPauseSeconds) => app.server?.timeout(request, seconds),
  }

  openLimits(tools)
  watchAccounts(tools)
  await startKeywords(tools)
  await startCommunity(tools)
  const ports = socketPorts(tools, writer(tools).heads)
  const hub = createHub(tools, ports, (topic, text) => void app.server?.publish(topic, text, false))
  const stopSweep = startSweep(tools, hub)
  const stopCatchUp = startCatchUp(tools, hub, ports)
  const stopDoubt = startDoubt(tools, hub)
  onChange(tools, 'findings', () => shareSoon(tools))
  shareSoon(tools)
  onChange(tools, 'epochs', (_, elsewhere) => {
    if (!elsewhere) return
    // Clients come back, and fetch everything again.
    distrust(tools)
    hub.dismissAll(spreadMs)
  })

  const about = aboutServer(config)
  const api = new Elysia({ normalize: false })
    .use(restRoutes(tools, guard(tools), featureRoutes))
    .use(socketRoutes(hub, ports, isDraining, mostSockets(log)))
    .use(healthRoutes(tools, version, { isDraining, hasSendFailed: writer(tools).hasFailed }))
    .use(
      metricsRoutes(tools, config, {
        peerOf,
        others: async () => (worker ? metricsOfOthers(config, worker) : []),
      }),
    )

  const app = new Elysia({ normalize: false })
    .use(
      errorMapper(
        log,
        methodsAt(() => served.routes),
      ),
    )
    .use(httpFrame(tools, { secure: tools.http.secureCookies, mayCall: origins.isListed }))
    .use(api)
    .use(
      pageRoutes(page as unknown as HtmlImport, process.env.NODE_ENV !== 'production', () => ({
        ...about,
        ...communityField(tools),
      })),
    )
  if (config.swagger) {
    const { limits, pingIntervalMs, pongTimeoutMs } = tools.policy
    const { publicUrl } = config
    app.use(swaggerRoutes(api, { version, publicUrl, limits, pingIntervalMs, pongTimeoutMs }))
  }

  const served: { routes: { method: string; path: string }[] } = app

  try {
    app.listen({
      hostname: config.host,
      port: config.port,
      // Otherwise a second server on the same port would start without an error. For workers, their parent has made sure.
      reusePort: worker !== undefined,
      maxRequestBodySize: mostBodyBytes,
      websocket: {
        open: (socket) => connectionOf(socket).open(socket),
        message: (socket, raw) => connectionOf(socket).message(socket, raw),
        drain: (socket) => connectionOf(socket).drained(),
        close: (socket, code) => connectionOf(socket).closed(code),
        pong: (socket) => connectionOf(socket).pong(),
        maxPayloadLength: tools.policy.limits.frame_bytes,
        backpressureLimit: hardBuffer,
        closeOnBackpressureLimit: true,
        perMessageDeflate: false,
        // The sweep sends the pings, because it also checks buffers and sessions.
        idleTimeout: 0,
        sendPings: false,
      },
    })
  } catch (error) {
    stopSweep()
    stopCatchUp()
    stopDoubt()
    stopDiskWatch()
    await closeTools(tools)
    throw error
  }

  const port = app.server!.port!
  const url = config.publicUrl ?? ownUrl()
  void purgeLeftovers(tools)
  const stopRetention = startRetention(tools)
  const stopOutgoing = startOutgoing(tools)
  const stopPush = startPush(tools)
  const stopThreads = startThreads(tools)
  const stopIndexer = startIndexer(tools)
  const stopFileSweep = startFileSweep(tools)
  const stopPreviews = startPreviews(tools)
  const stopMissed = startMissed(tools)
  const stopMail = startMail(tools)
  if (worker === undefined || worker.number === 1) void linkOldLogs(tools)

  async function stop(): Promise<void> {
    if (draining) return
    draining = true
    const deadline = performance.now() + drainMs
    // Finish commands under way first. New sockets and new commands are refused from here on.
    hub.drain()
    stopRetention()
    stopThreads()
    stopMissed()
    await stopOutgoing()
    const indexed = stopIndexer()
    stopFileSweep()
    while (performance.now() < deadline && [...hub.all()].some((connection) => !connection.isIdle()))
      await Bun.sleep(10)
    await Promise.race([writer(tools).drained(), Bun.sleep(Math.max(0, deadline - performance.now()))])
    // Still read, and refuse, frames that clients sent before they could know.
    await Bun.sleep(lastFramesMs)
    await indexed
    await stopPreviews()
    stopPresence(tools)
    hub.dismissAll(spreadMs)
    stopSweep()
    stopCatchUp()
    stopDoubt()
    stopDiskWatch()
    // `stop(false)` waits for open connections without a limit: give them a moment, then close the rest.
    await Promise.race([app.server?.stop(false), Bun.sleep(500)])
    await Promise.race([app.server?.stop(true), Bun.sleep(1000)])
    // Everything is stored by now, and who was to hear of it still does.
    await Promise.all([stopPush(), stopMail()])
    await closeAnchor(tools)
    await closeTools(tools)
  }

  const setupLink = code === undefined ? undefined : `${url}/#setup=${code}`
  return { url, port, tools, setupLink, lost: lost.promise, stop }
}

const aboutServer = ({ signup, signupEmail, mailUrl, swagger }: Config): About => ({
  name: 'Parley',
  version,
  signup,
  signup_email: signupEmail,
  mail: mailUrl !== undefined,
  health: '/health',
  ...(swagger && { docs: '/swagger', openapi: '/openapi.json', asyncapi: '/asyncapi.json' }),
})

const connectionOf = (socket: { data: unknown }) => socket.data as Connection
