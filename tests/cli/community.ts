import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { people } from '../../src/features/auth/people.ts'
import { operatorsPass } from '../../src/features/auth/redeem.ts'
import { createUser } from '../../src/features/auth/signup.ts'
import { writer } from '../../src/features/log/writer.ts'
import { passOfServer } from '../../src/features/rooms/access.ts'
import { createRoomFor } from '../../src/features/rooms/create.ts'
import { createLog } from '../../src/log.ts'
import type { Tools } from '../../src/scope.ts'
import { closeTools, openTools } from '../../src/tools.ts'
import { type Frame, rest } from '../support/client.ts'
import { tokensFor } from '../support/command-line.ts'
import { freshDatabase } from '../support/postgres.ts'
import type { Database } from '../support/server.ts'

export type Env = Record<string, string>

/** The settings of a new and empty place; with the embedded database without any secret. */
export async function freshPlace(
  database: Database,
): Promise<{ env: Env; directory: string; remove(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-keys-'))
  const fresh = database === 'postgres' ? await freshDatabase() : undefined
  const common = { DATA_DIR: directory, RATE_LIMITS: 'off', LOG_LEVEL: 'warn', HOST: '127.0.0.1' }
  return {
    directory,
    env: fresh ? { ...common, DATABASE_URL: fresh.url, SECRET_KEY: randomToken() } : common,
    async remove() {
      await fresh?.drop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export async function withTools<Result>(env: Env, work: (tools: Tools) => Promise<Result>): Promise<Result> {
  const tools = await openTools(readConfig(env), createLog({ level: 'silent' }))
  try {
    return await work(tools)
  } finally {
    await writer(tools).drained()
    await closeTools(tools)
  }
}

/** The texts of room "harbour" by their seq. */
export type Talk = Map<number, string>

const ahoys = (n: number) => `${n} ${'ahoy '.repeat(n % 30)}`

/** Ben has said so much in a room of his. */
export async function fill(tools: Tools, count: number, textOf = ahoys): Promise<Talk> {
  const ben = await createUser(tools, { username: 'ben', password: randomToken() })
  const actor = (await people(tools).find(ben.id))!
  const room = await createRoomFor(tools, operatorsPass, actor, { id: 'harbour' })
  const texts = Array.from({ length: count }, (_, n) => textOf(n))
  const talk: Talk = new Map()
  await Promise.all(
    texts.map(async (text) => {
      const { seq } = await writer(tools).append(passOfServer(room), { kind: 'message.created', actor, text })
      talk.set(seq, text)
    }),
  )
  return talk
}

export async function benOf(env: Env): Promise<{ token: string }> {
  return { token: (await tokensFor(['ben'], { env })).get('ben')! }
}

/** Every message of the room as REST shows it; a damaged one as undefined. */
export async function readTalk(
  server: { url: string },
  ben: { token: string },
): Promise<Map<number, string | undefined>> {
  const talk = new Map<number, string | undefined>()
  for (let after: number | undefined = 0; after !== undefined; ) {
    const { status, body } = await rest(server, ben).get(`/rooms/harbour/messages?after=${after}&limit=100`)
    if (status !== 200) throw new Error(`The history answers ${status}: ${JSON.stringify(body)}`)
    for (const message of body.items as Frame[]) {
      talk.set(message.seq, message.damaged ? undefined : message.content)
    }
    after = body.next
  }
  return talk
}

export type KeptKey = { id: string; written: string }

/** The keys in secrets.json, the current one first. */
export function keysIn(directory: string): KeptKey[] {
  const { encryption_key } = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8'))
  return String(encryption_key)
    .split(',')
    .map((written) => ({ id: written.split(':')[0]!, written }))
}
