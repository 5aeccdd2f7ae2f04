import { type Config, readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { openControl } from '../operator/control.ts'
import { createServer } from '../server.ts'
import { version } from '../version.ts'
import { type Subcommand, textOption } from './command.ts'
import { stopSignals } from './interrupt.ts'

const stopDeadlineMs = 29_000

export const serve: Subcommand = {
  usage: 'parley serve [--host <address>] [--port <number>]',
  about:
    'It listens on 127.0.0.1:8000 and keeps everything in ./data, unless settings say otherwise (parley config). ' +
    'Stop it with Ctrl-C or SIGTERM: what is under way is finished first.',
  options: { host: '<address> to listen on (HOST)', port: '<number> of the port (PORT)' },
  examples: ['parley serve', 'DATA_DIR=/var/lib/parley parley serve --host 0.0.0.0'],
  async run(args) {
    // Before anybody can learn that the server is there: a signal while it starts waits until it has started.
    const toldToStop = new Promise<NodeJS.Signals>((resolve) => {
      for (const name of stopSignals()) process.once(name, () => resolve(name))
    })
    const config = readConfig(process.env, { HOST: textOption(args, 'host'), PORT: textOption(args, 'port') })
    const log = createLog({ level: config.logLevel })
    const server = await createServer(config, log).catch((error: unknown) => {
      throw whyNot(error, config) ?? error
    })
    const closeControl = openControl(server.tools, config)
    log.info('parley serves', { version, url: server.url, pid: process.pid })
    // Not through the log: the link is a secret for whoever started the server, and logs are kept and shipped.
    process.stdout.write(`\n  Parley ${version} is at ${server.url}\n`)
    if (server.setupLink) process.stdout.write(`  Make the first administrator: ${server.setupLink}\n`)
    process.stdout.write('\n')

    const signal = await toldToStop
    log.info('stopping', { signal })
    const late = setTimeout(() => {
      log.error('could not stop in time')
      process.exit(1)
    }, stopDeadlineMs)
    closeControl()
    await server.stop()
    clearTimeout(late)
    log.info('stopped')
    return 0
  },
}

/** Why it cannot listen, in words; undefined for what has another reason. */
function whyNot(error: unknown, { host, port }: Config): Error | undefined {
  const { code = '', syscall } = error as NodeJS.ErrnoException
  if (syscall !== 'listen') return undefined
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there. Stop it, or choose another port with --port or PORT',
    EACCES:
      'this user may not. Choose a port from 1024 on with --port or PORT, and put a reverse proxy in front',
    EADDRNOTAVAIL: 'this machine has no such address. Set HOST to one of its own, or to 0.0.0.0 for all',
    EINVAL: 'there is no such address. Set HOST to one of this machine, or to 0.0.0.0 for all',
  }
  return new Error(`Cannot listen on ${host}, port ${port}: ${reasons[code] ?? (error as Error).message}.`)
}
