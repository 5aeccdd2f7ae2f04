import { readConfig } from '../config.ts'
import { type Subcommand, textOption } from './command.ts'
import { print } from './print.ts'

const patienceMs = 4000

export const health: Subcommand = {
  usage: 'parley health [--host <address>] [--port <number>]',
  about:
    'Exit code 0 when it is, 1 when it is not or does not answer within 4 seconds: for containers and scripts ' +
    'that have no other way to ask /health/ready.',
  options: { host: '<address> it listens on (HOST)', port: '<number> of its port (PORT)' },
  examples: ['parley health && echo "open for business"'],
  async run(args) {
    const config = readConfig(process.env, { HOST: textOption(args, 'host'), PORT: textOption(args, 'port') })
    const url = `http://${near(config.host)}:${config.port}`
    let answer: Response
    try {
      answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) })
    } catch {
      throw new Error(`No server answers at ${url}.`)
    }
    const { status, detail } = (await answer.json().catch(() => ({}))) as {
      status?: unknown
      detail?: string
    }
    if (status !== 'ready') throw new Error(detail ?? `What answers at ${url} is not Parley.`)
    await print(['ready'])
    return 0
  },
}

/** What listens on every address is asked at this machine's own. */
function near(host: string): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return own.includes(':') ? `[${own}]` : own
}
