import { placeOf, whenFree } from '../claiming.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { openControlOfWorkers } from '../operator/control-workers.ts'
import { ownProgram } from '../own-program.ts'
import { lockNodeDirectory } from '../storage/lock.ts'
import { version } from '../version.ts'
import { announce } from './announce.ts'
import { explainListen } from './listen-refusal.ts'
import { type Ready, stopWord, workerWord } from './worker.ts'

/** A worker gives up by itself a second earlier. */
const stopMs = 30_000
const shortestPauseMs = 250
const longestPauseMs = 30_000
/** A worker that has run for so long did not fail at its start. */
const settledMs = 10_000

type Options = {
  config: Config
  log: Log
  count: number
  waitUntil: AbortSignal | undefined
  stopped: Promise<string>
}

/**
 * Starts this program `count` times, each a node on the same port, and starts again whatever dies. The first one starts alone:
 * it migrates the database, and says for all of them what is wrong. Returns the exit code.
 */
export async function serveByWorkers({ config, log, count, waitUntil, stopped }: Options): Promise<number> {
  refuseWorkers(config)
  const directory = await whenFree(() => lockNodeDirectory(config.dataDir, placeOf(config)), log, waitUntil)
  try {
    const workers = createWorkers({ config: { ...config, port: await freePort(config) }, log, count })
    const closeControl = openControlOfWorkers(log, config, count)
    try {
      const begun = await Promise.race([workers.begin(waitUntil !== undefined), stopped])
      if (typeof begun === 'number') return begun
      if (typeof begun === 'object') {
        log.info('parley serves', { version, url: begun.url, pid: process.pid, workers: count })
        announce(begun)
      }
      log.info('stopping', { signal: await stopped })
      return await workers.stop()
    } finally {
      closeControl()
    }
  } finally {
    directory.release()
  }
}

function refuseWorkers({ databaseUrl }: Config): void {
  if (process.platform !== 'linux')
    throw new Error(
      '--workers needs Linux, whose kernel shares one port among processes. Here, start several servers with a port and a ' +
        'DATA_DIR of their own, and a reverse proxy in front.',
    )
  if (databaseUrl === undefined)
    throw new Error(
      'The embedded database belongs to one process, so --workers needs a Postgres server: set DATABASE_URL (docs/self-hosting.md, ' +
        '"Move to Postgres"), or leave --workers out.',
    )
}

/**
 * The port, if nobody has it. Workers share it with every process of this user that asks for that, so they would join another server
 * without an error.
 */
async function freePort(config: Config): Promise<number> {
  const { host: hostname, port } = config
  try {
    const probe = Bun.serve({ hostname, port, reusePort: false, fetch: () => new Response() })
    const free = probe.port!
    await probe.stop(true)
    return free
  } catch (error) {
    throw explainListen(error, config) ?? error
  }
}

type Child = ReturnType<typeof spawn>
type Slot = { number: number; child?: Child; isReady: boolean; quickDeaths: number; timer?: Timer }
type Ended = { code: number | null; signal: string | null }

const endOf = ({ exitCode, signalCode }: Child): Ended => ({
  code: exitCode,
  signal: signalCode === null ? null : String(signalCode),
})

function createWorkers({ config, log, count }: { config: Config; log: Log; count: number }) {
  const slots = Array.from({ length: count }, (_, index): Slot => {
    return { number: index + 1, isReady: false, quickDeaths: 0 }
  })
  let stopping = false

  /** Resolves when it serves, or has ended. */
  function start(slot: Slot, words: readonly string[] = []): Promise<Ready | Ended> {
    const ready = Promise.withResolvers<Ready>()
    const beganMs = performance.now()
    const child = spawn(config, { number: slot.number, of: count }, words, (message) => {
      slot.isReady = true
      ready.resolve(message)
    })
    slot.child = child
    const ended = child.exited.then((): Ended => {
      slot.isReady = false
      delete slot.child
      if (performance.now() - beganMs > settledMs) slot.quickDeaths = 0
      return endOf(child)
    })
    return Promise.race([ready.promise, ended])
  }

  /** As long as it is wanted. */
  function keep(slot: Slot): void {
    const { child } = slot
    void child?.exited.then(() => again(slot, endOf(child)))
  }

  function again(slot: Slot, why: object = {}): void {
    if (stopping) return
    const pauseMs = Math.min(longestPauseMs, shortestPauseMs * 2 ** slot.quickDeaths++)
    log.warn('a worker has ended, and is started again', { worker: slot.number, pauseMs, ...why })
    slot.timer = setTimeout(() => void restart(slot), pauseMs)
  }

  async function restart(slot: Slot): Promise<void> {
    try {
      // Somebody else may have taken it meanwhile.
      if (slots.every(({ child }) => !child)) await freePort(config)
    } catch (error) {
      return again(slot, { error })
    }
    if (stopping) return
    void start(slot)
    keep(slot)
  }

  return {
    /** Resolves when all of them serve, or with the exit code of the first one if that did not come to serve. */
    async begin(wait: boolean): Promise<Ready | number> {
      const [first, ...others] = slots as [Slot, ...Slot[]]
      const ready = await start(first, wait ? ['--wait'] : [])
      if (!('url' in ready)) {
        if (ready.signal) throw new Error(`The first worker was ended by ${ready.signal} while it started.`)
        return ready.code ?? 1
      }
      keep(first)
      if (!stopping)
        await Promise.all(
          others.map((slot) => {
            const started = start(slot)
            keep(slot)
            return started
          }),
        )
      return ready
    },

    /** All at once, because none takes over from another: it ends as soon as a server of one process. */
    async stop(): Promise<number> {
      stopping = true
      for (const { timer } of slots) clearTimeout(timer)
      const codes = await Promise.all(slots.map(({ child, isReady }) => (child ? end(child, isReady) : 0)))
      const failed = codes.filter((code) => code !== 0)
      if (failed.length > 0) log.error('not every worker could stop in time', { workers: failed.length })
      else log.info('stopped')
      return failed.length > 0 ? 1 : 0
    },
  }
}

function spawn(
  { host, port }: Config,
  worker: { number: number; of: number },
  words: readonly string[],
  hear: (ready: Ready) => void,
) {
  return Bun.spawn(
    [...ownProgram(), 'serve', workerWord(worker), '--host', host, '--port', String(port), ...words],
    {
      env: process.env,
      stdio: ['ignore', 'inherit', 'inherit'],
      ipc: hear,
    },
  )
}

async function end(child: Child, isReady: boolean): Promise<number> {
  // One that has just been started may not listen to us yet, and has nothing to finish.
  if (isReady) child.send(stopWord)
  else child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await child.exited
  clearTimeout(late)
  return isReady ? (child.exitCode ?? 1) : 0
}
