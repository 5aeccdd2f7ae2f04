import { reachableHost } from '../config/addresses.ts'
import { readConfig } from '../config.ts'
import { type Subcommand, textOption } from './command.ts'
import { print } from './print.ts'

const timeoutMs = 4000

export const health: Subcommand = {
  usage: 'parley health [--host <address>] [--port <number>]',
  about:
    'Exit code 0 if the server is ready, 1 if it is not or does not respond within 4 seconds. For containers and scripts ' +
    'that cannot request /health/ready themselves.',
  options: { host: '<address> it listens on (HOST)', port: '<number> of its port (PORT)' },
  examples: ['parley health && echo "open for business"'],
  async run(args) {
    const config = readConfig(process.env, { HOST: textOption(args, 'host'), PORT: textOption(args, 'port') })
    const url = `http://${reachableHost(config.host)}:${config.port}`
    let response: Response
    try {
      response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(timeoutMs) })
    } catch {
      throw new Error(`No server responds at ${url}.`)
    }
    const { status, detail } = (await response.json().catch(() => ({}))) as {
      status?: unknown
      detail?: string
    }
    if (status !== 'ready') throw new Error(detail ?? `The server at ${url} is not Parley.`)
    await print(['ready'])
    return 0
  },
}
