import { type Config, readConfig } from '../config.ts'
import { createLog, type Log } from '../log.ts'
import { openControl } from '../operator/control.ts'
import { createServer, type Worker } from '../server.ts'
import { stopSignals } from '../stop-signals.ts'
import { version } from '../version.ts'
import { announce } from './announce.ts'
import { type Arguments, type Subcommand, textOption, UsageError } from './command.ts'
import { explainListen } from './listen-refusal.ts'
import { tellParent, untilStopped, workerIn } from './worker.ts'
import { serveByWorkers } from './workers.ts'

const stopDeadlineMs = 29_000
const mostWorkers = 64

export const serve: Subcommand = {
  usage: 'parley serve [--host <address>] [--port <number>] [--workers <number>] [--wait] [--new]',
  about:
    'It listens on 127.0.0.1:8000 and keeps everything in ./data; settings change both (parley config). ' +
    'Stop it with Ctrl-C or SIGTERM: it finishes the requests in progress first.',
  // What --workers starts gets its number.
  operands: ['[<worker>]'],
  options: {
    host: '<address> to listen on (HOST)',
    port: '<number> of the port (PORT)',
    workers:
      '<number> of processes that share the port, one for each core; on Linux and with DATABASE_URL (1)',
    wait: 'if another server uses the embedded database or this DATA_DIR, wait until it has stopped',
    new: 'if DATA_DIR has secrets but no database, start a new, empty community with them',
  },
  examples: [
    'parley serve',
    'DATA_DIR=/var/lib/parley parley serve --host 0.0.0.0',
    'parley serve --workers 4',
  ],
  async run(args) {
    const worker = workerIn(args.words)
    const workers = numberOfWorkers(args)
    // Listen before the server starts: a signal during the start then takes effect after it.
    const stopped = worker ? untilStopped() : untilSignal()
    const config = readConfig(process.env, { HOST: textOption(args, 'host'), PORT: textOption(args, 'port') })
    const log = createLog({ level: config.logLevel })
    const waiting = new AbortController()
    void stopped.then(() => waiting.abort(new StoppedWaiting()))
    const waitUntil = args.options.wait === true ? waiting.signal : undefined
    try {
      if (workers > 1) return await serveByWorkers({ config, log, count: workers, waitUntil, stopped })
      const startNew = args.options.new === true
      return await serveAlone(worker ? log.child({ worker: worker.number }) : log, config, {
        startNew,
        waitUntil,
        worker,
        stopped,
      })
    } catch (error) {
      if (error instanceof StoppedWaiting) return 0
      throw explainListen(error, config) ?? error
    }
  },
}

/** A signal came before the other server had stopped. */
class StoppedWaiting extends Error {}

/** A second signal of the same name ends the process at once. */
const untilSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const name of stopSignals()) process.once(name, () => resolve(name))
  })

function numberOfWorkers(args: Arguments): number {
  const text = textOption(args, 'workers')
  if (text === undefined) return 1
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > mostWorkers)
    throw new UsageError(`--workers must be a whole number from 1 to ${mostWorkers}, not "${text}".`)
  return number
}

type Serving = {
  startNew: boolean
  waitUntil: AbortSignal | undefined
  worker: Worker | undefined
  stopped: Promise<string>
}

async function serveAlone(
  log: Log,
  config: Config,
  { startNew, waitUntil, worker, stopped }: Serving,
): Promise<number> {
  const server = await createServer(config, log, {
    ...(waitUntil && { waitUntil }),
    ...(worker && { worker }),
    startNew,
  })
  const closeControl = openControl(server.tools, config, worker?.number)
  log.info('parley serves', { version, url: server.url, pid: process.pid })
  const place = { url: server.url, setupLink: server.setupLink }
  if (worker) tellParent(place)
  else announce(place)

  const why = await Promise.race([stopped, server.lost])
  if (why instanceof Error) log.error('stopping, because this server has lost its lock on the database')
  else log.info('stopping', { signal: why })
  const late = setTimeout(() => {
    log.error('could not stop in time')
    process.exit(1)
  }, stopDeadlineMs)
  closeControl()
  await server.stop()
  clearTimeout(late)
  log.info('stopped')
  if (why instanceof Error) throw why
  return 0
}
