import { backUp } from '../../src/archive/backup.ts'
import { openBackup, type Restored, restore } from '../../src/archive/restore.ts'
import { tables } from '../../src/archive/tables.ts'
import { type Keyring, makeKey, parseKeyring } from '../../src/crypto/keyring.ts'
import { createMessageCipher } from '../../src/crypto/messages.ts'
import { sectionKey } from '../../src/features/arrangements/key.ts'
import { placeOfFacts } from '../../src/features/attachments/sealed.ts'
import { keywordKey } from '../../src/features/keywords/key.ts'
import type { Facts } from '../../src/features/log/facts.ts'
import { placeIn } from '../../src/features/log/seal.ts'
import { placeOfTarget } from '../../src/features/outgoing/seal.ts'
import { pushKey } from '../../src/features/push/keys.ts'
import type { Tools } from '../../src/scope.ts'
import { openStorage } from '../../src/storage/open.ts'
import type { Sql, Storage } from '../../src/storage/storage.ts'
import { freshDatabase } from '../support/postgres.ts'
import type { Database } from '../support/server.ts'

/** The bytes of a backup of a server that runs in this process. */
export async function backupOf(tools: Tools, { withKeys = true } = {}): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  await backUp(tools, {
    withKeys,
    write: async (piece) => void pieces.push(piece),
    written: () => {},
    signal: new AbortController().signal,
  })
  return Buffer.concat(pieces)
}

/** In pieces that end anywhere, as they come from a pipe. */
export async function* inPieces(bytes: Buffer, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export const aKeyring = (): Keyring => parseKeyring(makeKey())

export type Target = { storage: Storage; keyring: Keyring; close(): Promise<void> }

/** A database with nothing in it, and a key of its own. */
export async function emptyTarget(database: Database): Promise<Target> {
  const fresh = database === 'postgres' ? await freshDatabase() : undefined
  const storage = await openStorage({
    ...(fresh && { databaseUrl: fresh.url }),
    dataDir: ':memory:',
    poolSize: 1,
  })
  return {
    storage,
    keyring: aKeyring(),
    async close() {
      await storage.close()
      await fresh?.drop()
    },
  }
}

type Options = Partial<Parameters<typeof restore>[2]>

export async function restoreInto(
  { storage, keyring }: Target,
  file: Buffer,
  options: Options = {},
): Promise<Restored> {
  const defaults = { keyring, offered: [], replace: false, loaded: () => {} }
  return restore(storage, await openBackup(inPieces(file)), { ...defaults, ...options })
}

type Row = Record<string, unknown>

/** A restore seals these again, with the key of its place. */
const placesOfSealed: Record<string, (row: Row) => string | undefined> = {
  settings: ({ name }) => [pushKey, keywordKey, sectionKey].find((each) => each.name === name)?.place,
  outgoing_webhooks: (row) => placeOfTarget(row.id as string),
  files: ({ id, room_key, user_id }) =>
    placeOfFacts({ id: id as string, roomKey: room_key as number, userId: user_id as string }),
}

/** Every row of every table with its texts opened, but for what a restore changes: epochs, checks of keys, logins. */
export async function contentsOf(sql: Sql, keyring: Keyring): Promise<Record<string, Row[]>> {
  const cipher = createMessageCipher(keyring)
  const contents: Record<string, Row[]> = {}
  for (const { name, key, only } of tables) {
    // A backup has no rows of these.
    if (only === 'false') continue
    const rows = await sql.query<{ row: Row }>(
      `select row_to_json(${name}) as row from ${name} ${only ? `where ${only}` : ''} order by ${key.join(', ')}`,
    )
    contents[name] = rows
      .map(({ row }) => row)
      .filter(
        (row) =>
          name !== 'settings' || !/^(key_check|integrity|incarnation|files marked)/.test(String(row.name)),
      )
      .map((row) => {
        if (name === 'rooms') return { ...row, epoch: 'of this place' }
        const sealedIn = placesOfSealed[name]?.(row)
        const column = name === 'settings' ? 'value' : 'sealed'
        if (sealedIn) return { ...row, [column]: cipher.open(row[column] as string, sealedIn) }
        if (name !== 'log' || row.body === null) return row
        const place = placeIn(row.body as string, factsOf(row))
        return { ...row, body: cipher.open(row.body as string, place) }
      })
  }
  return contents
}

/** What an entry says, from its row as a backup or `select *` has it. */
export function factsOf(row: Record<string, unknown>): Facts {
  const { room_key, seq, kind, actor_id, at, target, reply_to, client_id, detail } = row
  const facts = { roomKey: room_key, seq, kind, actorId: actor_id, target, replyTo: reply_to }
  return { ...facts, at: new Date(at as string), clientId: client_id, detail } as Facts
}
