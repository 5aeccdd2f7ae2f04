import { type Config, readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { openControl } from '../operator/control.ts'
import { createServer } from '../server.ts'
import { version } from '../version.ts'
import { type Subcommand, textOption } from './command.ts'
import { stopSignals } from './interrupt.ts'

const stopDeadlineMs = 29_000

export const serve: Subcommand = {
  usage: 'parley serve [--host <address>] [--port <number>] [--wait] [--new]',
  about:
    'It listens on 127.0.0.1:8000 and keeps everything in ./data; settings change both (parley config). ' +
    'Stop it with Ctrl-C or SIGTERM: it finishes the requests in progress first.',
  options: {
    host: '<address> to listen on (HOST)',
    port: '<number> of the port (PORT)',
    wait: 'if another server uses the database, wait until it has stopped',
    new: 'if DATA_DIR has secrets but no database, start a new, empty community with them',
  },
  examples: ['parley serve', 'DATA_DIR=/var/lib/parley parley serve --host 0.0.0.0'],
  async run(args) {
    // Listen before the server starts: a signal during the start then takes effect after it.
    const stopSignal = new Promise<NodeJS.Signals>((resolve) => {
      for (const name of stopSignals()) process.once(name, () => resolve(name))
    })
    const config = readConfig(process.env, { HOST: textOption(args, 'host'), PORT: textOption(args, 'port') })
    const log = createLog({ level: config.logLevel })
    const waiting = new AbortController()
    const waitUntil = args.options.wait === true ? waiting.signal : undefined
    void stopSignal.then(() => waiting.abort(new StoppedWaiting()))
    const server = await createServer(config, log, {
      ...(waitUntil && { waitUntil }),
      startNew: args.options.new === true,
    }).catch((error: unknown) => {
      if (error instanceof StoppedWaiting) return undefined
      throw explainListen(error, config) ?? error
    })
    if (!server) return 0
    const closeControl = openControl(server.tools, config)
    log.info('parley serves', { version, url: server.url, pid: process.pid })
    // Not through the log: the link is a secret, and logs are kept and sent elsewhere.
    process.stdout.write(`\n  Parley ${version} is at ${server.url}\n`)
    if (server.setupLink) process.stdout.write(`  Create the first administrator: ${server.setupLink}\n`)
    process.stdout.write('\n')

    const why = await Promise.race([stopSignal, server.lost])
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
  },
}

/** A signal came before the other server had stopped. */
class StoppedWaiting extends Error {}

/** An error that explains why the server cannot listen; undefined if the error is about something else. */
function explainListen(error: unknown, { host, port }: Config): Error | undefined {
  const { code = '', syscall } = error as NodeJS.ErrnoException
  if (syscall !== 'listen') return undefined
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program uses this port. Stop it, or choose another port with --port or PORT',
    EACCES:
      'permission denied. Choose a port of 1024 or above with --port or PORT, and put a reverse proxy in front',
    EADDRNOTAVAIL:
      'this machine does not have that address. Set HOST to one of its addresses, or to 0.0.0.0 for all',
    EINVAL: 'there is no such address. Set HOST to an address of this machine, or to 0.0.0.0 for all',
  }
  return new Error(`Cannot listen on ${host}, port ${port}: ${reasons[code] ?? (error as Error).message}.`)
}
