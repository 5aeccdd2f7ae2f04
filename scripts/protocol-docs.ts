import { join } from 'node:path'
import { describeSockets } from '../src/http/asyncapi.ts'
import { defaultLimits, pingIntervalMs, pongTimeoutMs } from '../src/protocol/limits.ts'
import { reference } from './protocol-docs/reference.ts'

const folder = join(import.meta.dir, '../docs')

/** docs/protocol.md: the guide written by hand, then the reference made from the schemas. */
export async function protocolDocs(): Promise<string> {
  const guide = await Bun.file(join(folder, 'protocol-guide.md')).text()
  const rules = { version: '', publicUrl: undefined, limits: defaultLimits, pingIntervalMs, pongTimeoutMs }
  const origin =
    '<!-- Made by `bun scripts/protocol-docs.ts` from protocol-guide.md and src/protocol/. Change those instead. -->'
  return `${origin}\n\n${guide.trim()}\n\n${reference(describeSockets(rules))}`
}

if (import.meta.main) await Bun.write(join(folder, 'protocol.md'), await protocolDocs())
