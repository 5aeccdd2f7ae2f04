import type { Key, Keyring } from '../crypto/keyring.ts'
import { randomId } from '../crypto/keys.ts'
import type { Depot, DepotPlace } from '../depot/depot.ts'
import { openDepot } from '../depot/open.ts'
import { filesSetting, markedSetting } from '../features/attachments/depot.ts'
import { placeOfFacts } from '../features/attachments/sealed.ts'
import { kindNumbers } from '../features/log/entry.ts'
import {
  firstIncarnation,
  type Incarnation,
  incarnationPlace,
  incarnationSetting,
  nextNumber,
  writeIncarnation,
} from '../features/log/incarnation.ts'
import { integrityPlace, integritySetting } from '../features/log/integrity.ts'
import { renewChecks } from '../features/log/key-check.ts'
import { placeOfTarget } from '../features/outgoing/seal.ts'
import { secrets } from '../features/secrets.ts'
import { readSetting } from '../features/settings.ts'
import { ChatError } from '../protocol/errors.ts'
import { rebuild } from '../storage/migrate.ts'
import { migrations } from '../storage/migrations.ts'
import type { DbSession, Sql, Storage } from '../storage/storage.ts'
import { takeFiles } from './files.ts'
import { damaged, type Header, type Line } from './format.ts'
import { loadRows } from './load.ts'
import { nameRewrites } from './names.ts'
import { createResealer } from './ring.ts'
import { tables } from './tables.ts'
import { unpack } from './unpack.ts'

export type Restored = Header & {
  users: number
  rooms: number
  messages: number
  files: number
  rows: Record<string, number>
  /** Texts that were unreadable in the community that was backed up too. */
  unreadable: number
}

type Options = {
  keyring: Keyring
  /** Keys that may have sealed the backup, in addition to those in the file and those of the ring. */
  offered: readonly Key[]
  /** Where files go; they are left out without it. */
  place?: DepotPlace
  /** Whether an existing community may be deleted. */
  replace: boolean
  loaded(rows: number): void
}

export type Opened = { header: Header; lines: AsyncGenerator<Line> }

/** Reads the header of a backup, and refuses one that this program cannot restore. */
export async function openBackup(bytes: AsyncIterable<Uint8Array>): Promise<Opened> {
  const lines = unpack(bytes)
  const { value } = await lines.next()
  if (!value || !('header' in value)) throw damaged()
  const { header } = value
  const { when, tag } = header?.schema ?? {}
  if (typeof when !== 'number' || typeof tag !== 'string') throw damaged()
  if (migrations.some((each) => each.when === when)) return { header, lines }
  const newer = when > (migrations.at(-1)?.when ?? 0)
  throw newer
    ? new ChatError('backup_newer', { program: header.program })
    : new ChatError('backup_schema_unknown', { schema: tag })
}

/** Replaces everything in a database by a backup: completely or, whatever happens, not at all. */
export async function restore(
  storage: Storage,
  { header, lines }: Opened,
  { keyring, offered, replace, place, loaded }: Options,
): Promise<Restored> {
  const resealer = createResealer(keyring, offered)
  let community: string | undefined
  let depot: Depot | undefined
  let files = 0

  async function putFile(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    if (community === undefined) throw damaged()
    depot ??= openDepot(place ?? { kind: 'memory' }, community)
    await depot.write(name, pieces)
    files++
  }

  const restored = await storage.exclusively(async (session) => {
    await refuseInUse(storage, session)
    if (!replace) await refuseCommunity(session)
    const counts = await rebuild(session, {
      tables: tables.map(({ name }) => name),
      when: header.schema.when,
      fill: (sql) =>
        loadRows(sql, {
          lines: takeFiles(lines, putFile),
          rewrites: {
            ...nameRewrites,
            rooms: (row) => withNewEpoch(nameRewrites.rooms!(row)!),
            log: (row) => withBody(row, resealer.reseal),
            outgoing_webhooks: (row) => withOwnTarget(row, resealer.resealSetting),
            files: (row) => withOwnFacts(row, resealer.resealSetting),
            settings: (row) => {
              community ??= communityIn(row)
              return withOwnSeal(row, resealer.resealSetting)
            },
          },
          addRing: ({ ring }) => resealer.addRing(ring),
          loaded,
          checkpoints: storage.kind === 'embedded',
        }),
      finish: async (sql) => {
        await renewChecks(sql, keyring)
        if ((await readSetting(sql, incarnationSetting)) === undefined)
          await writeIncarnation({ policy: { keyring } }, sql, firstIncarnation())
        return count(sql)
      },
    })
    // With the default target, `analyze` would need a few hundred megabytes in the embedded database.
    await session.query('set default_statistics_target = 10')
    await session.query(`analyze ${tables.map(({ name }) => name).join(', ')}`)
    return counts
  })
  return { ...header, ...restored, files, unreadable: resealer.unreadable() }
}

/** Old positions are meaningless after a restore: a new epoch makes every client fetch its rooms again. */
const withNewEpoch = (row: string): string => JSON.stringify({ ...JSON.parse(row), epoch: randomId() })

type Reseal = ReturnType<typeof createResealer>['reseal']

function withBody(row: string, reseal: Reseal): string {
  const entry = JSON.parse(row) as Parameters<Reseal>[0] & { body: string | null }
  return entry.body === null ? row : JSON.stringify({ ...entry, body: reseal(entry) })
}

/**
 * Sealed settings. One that cannot be sealed again is left out: then the next start creates another key of the links, and
 * links every log again. The incarnation is a new one, because an older anchor says nothing about what is restored.
 * Nobody has marked the place where the files are now.
 */
function withOwnSeal(
  row: string,
  reseal: ReturnType<typeof createResealer>['resealSetting'],
): string | undefined {
  const setting = JSON.parse(row) as { name: string; value: unknown }
  if (setting.name === markedSetting) return undefined
  const resealed = () => {
    const sealed = String(setting.value)
    if (setting.name === integritySetting) return reseal(sealed, integrityPlace)
    const secret = secrets.find(({ name }) => name === setting.name)
    if (secret) return reseal(sealed, secret.place)
    return reseal(sealed, incarnationPlace, renewed)
  }
  const sealedNames = [integritySetting, incarnationSetting, ...secrets.map(({ name }) => name)]
  if (!sealedNames.includes(setting.name)) return row
  const value = resealed()
  return value && JSON.stringify({ ...setting, value })
}

/** What is known about a file. One that cannot be sealed again is left out: nobody could open its bytes. */
function withOwnFacts(
  row: string,
  reseal: ReturnType<typeof createResealer>['resealSetting'],
): string | undefined {
  const file = JSON.parse(row) as { id: string; room_key: number | null; user_id: string; sealed: string }
  const sealed = reseal(
    file.sealed,
    placeOfFacts({ id: file.id, roomKey: file.room_key, userId: file.user_id }),
  )
  return sealed && JSON.stringify({ ...file, sealed })
}

/** The name of the community's files, which their place has. */
function communityIn(row: string): string | undefined {
  const { name, value } = JSON.parse(row) as { name: string; value: unknown }
  if (name !== filesSetting) return undefined
  if (!/^[a-z0-9]{16}$/.test(String(value))) throw damaged()
  return String(value)
}

/** One that cannot be sealed again is left out: it could sign nothing. */
function withOwnTarget(
  row: string,
  reseal: ReturnType<typeof createResealer>['resealSetting'],
): string | undefined {
  const hook = JSON.parse(row) as { id: string; sealed: string }
  const sealed = reseal(hook.sealed, placeOfTarget(hook.id))
  return sealed && JSON.stringify({ ...hook, sealed, node: null, node_until: null })
}

function renewed(text: string): string {
  const incarnation = JSON.parse(text) as Incarnation
  return JSON.stringify({ ...incarnation, number: nextNumber(incarnation.number), starts: 0 })
}

/** A server on the embedded database has locked it; servers on Postgres show up as connections. */
async function refuseInUse(storage: Storage, session: DbSession): Promise<void> {
  if (storage.kind === 'embedded') return
  const own = await Promise.all([storage, session].map(backendOf))
  const [row] = await session.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and application_name = 'parley' and pid <> all($1::int[])`,
    [own],
  )
  if (row!.count === 0) return
  throw new ChatError('database_in_use', { connections: row!.count })
}

async function backendOf({ query }: Sql): Promise<number> {
  const [row] = await query<{ pid: number }>('select pg_backend_pid() as pid')
  return row!.pid
}

/** A community has users. Rooms do not count: the first start creates the default rooms. */
async function refuseCommunity({ query }: Sql): Promise<void> {
  const [users] = await query<{ table: string | null }>(`select to_regclass('public.users')::text as table`)
  if (!users?.table) return
  const people = await query('select 1 from users limit 1')
  if (people.length === 0) return
  throw new ChatError('community_exists')
}

async function count(sql: Sql) {
  const rows: Record<string, number> = {}
  for (const { name } of tables) rows[name] = await countOf(sql, name)
  const messages = await countOf(
    sql,
    `log where kind = ${kindNumbers['message.created']} and deleted_at is null`,
  )
  return { users: rows.users!, rooms: rows.rooms!, messages, rows }
}

async function countOf({ query }: Sql, from: string): Promise<number> {
  const [row] = await query<{ count: number }>(`select count(*)::int as count from ${from}`)
  return row!.count
}
