import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { openControl } from '../../src/operator/control.ts'
import { createServer } from '../../src/server.ts'
import { cheapPasswords } from '../support/server.ts'

type Place = { env: Record<string, string> }

export type Served = { url: string; stop(): Promise<void> }

/**
 * A server in this process that subcommands reach through its control socket, as that of `parley serve`: a process of its own
 * costs five times as much.
 */
export async function serveHere({ env }: Place): Promise<Served> {
  const config = readConfig({ HOST: '127.0.0.1', PORT: '0', ...env })
  const policy = { passwordCost: cheapPasswords }
  const server = await createServer(config, createLog({ level: 'silent' }), { policy })
  const closeControl = openControl(server.tools, config)
  return {
    url: server.url,
    async stop() {
      closeControl()
      await server.stop()
    },
  }
}
