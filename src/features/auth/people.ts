import { createBatch } from '../../batch.ts'
import { createBounded } from '../../bounded.ts'
import { avatarAddress } from '../../protocol/files.ts'
import { type Ban, onChange, onDistrust, type Person, perServer, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { presentAuthor } from './present.ts'
import { findUser, findUserByName, findUsers, type UserRow } from './store.ts'

const mostPeople = 50_000
const mostAtOnce = 200

/**
 * Caches people by id, those used last. There is one object for each person, which connections and others share. An announced
 * change updates it in place, so that a demotion takes effect everywhere at once; so an object that is no longer among the last
 * is still known for as long as anybody has it.
 */
export const people = perServer((tools) => {
  const recent = createBounded<string, Person>(mostPeople)
  const held = new Map<string, WeakRef<Person>>()
  /** Whose row could not be read after a change: it is read before they are used again. */
  const stale = new Set<string>()
  const collected = new FinalizationRegistry<string>((id) => {
    if (held.get(id)?.deref() !== undefined) return
    held.delete(id)
    stale.delete(id)
  })

  function peek(id: string): Person | undefined {
    const used = recent.get(id)
    if (used) return used
    const person = stale.has(id) ? undefined : held.get(id)?.deref()
    if (person) recent.set(id, person)
    return person
  }

  let changes = 0
  onChange(tools, 'user', ({ user }, elsewhere) => {
    changes++
    if (!held.has(user)) return
    // Here the one who announces it has refreshed it already.
    if (elsewhere) drop(user)
    void refresh(user)
  })
  onDistrust(tools, () => {
    changes++
    for (const id of held.keys()) drop(id)
  })

  /** Until it is read again, nobody acts with what it was. */
  function drop(id: string): void {
    stale.add(id)
    recent.delete(id)
  }

  /** Reads again if anybody changed during the read: an old row would give a demoted administrator their power back. */
  async function current<Read>(read: () => Promise<Read>): Promise<Read> {
    for (;;) {
      const seen = changes
      const found = await read()
      if (seen === changes) return found
    }
  }

  async function refresh(id: string): Promise<void> {
    const row = await current(() => findUser(tools.sql, id)).catch(() => undefined)
    if (row) return void keep(row)
    // If the database is unavailable, the next use reads it again.
    if (held.has(id)) stale.add(id)
    recent.delete(id)
  }

  function keep(row: UserRow): Person {
    stale.delete(row.id)
    const fresh = personOf(row)
    const known = held.get(row.id)?.deref()
    const person = known ? Object.assign(known, fresh) : fresh
    if (!known) {
      held.set(row.id, new WeakRef(person))
      collected.register(person, row.id)
    }
    recent.set(row.id, person)
    return person
  }

  const rows = createBatch<string, UserRow | undefined>(mostAtOnce, async (ids) => {
    const found = new Map((await findUsers(tools.sql, ids)).map((row) => [row.id, row]))
    return ids.map((id) => found.get(id))
  })

  async function find(id: string): Promise<Person | undefined> {
    const known = peek(id)
    if (known) return known
    const row = await current(() => rows.ask(id))
    return row && keep(row)
  }

  /** Exactly those asked for, if they exist; those not in the cache are loaded in one query. */
  async function findAll(ids: Iterable<string>, sql: Sql): Promise<Map<string, Person>> {
    const found = new Map<string, Person>()
    const missing: string[] = []
    for (const id of new Set(ids)) {
      const known = peek(id)
      if (known) found.set(id, known)
      else missing.push(id)
    }
    if (missing.length > 0)
      for (const row of await current(() => findUsers(sql, missing))) found.set(row.id, keep(row))
    return found
  }

  async function findByName(name: string): Promise<Person | undefined> {
    const row = await current(() => findUserByName(tools.sql, name.toLowerCase()))
    return row && keep(row)
  }

  return {
    keep,
    find,
    findAll,
    findByName,
    refresh,
    /** False if somebody has changed it and it was not read since: `find` reads it. */
    isCurrent: (id: string): boolean => !stale.has(id),
    inMemory: () => held.size,
  }
})

/**
 * The people with these ids, by id. All of them exist, because rows of users are never deleted. Inside a transaction, pass
 * its `sql`: with another connection, the embedded database would wait without end.
 */
export async function authorsOf(
  tools: Tools,
  ids: Iterable<string>,
  sql: Sql = tools.sql,
): Promise<Map<string, Person>> {
  return people(tools).findAll(ids, sql)
}

/** In the place of somebody who is in no table: an id that was changed in the database. */
export const nobody = (id: string): Person =>
  personOf({
    id,
    username: '',
    displayName: '',
    email: null,
    emailConfirmedAt: null,
    role: 'user',
    bot: false,
    bannedAt: null,
    bannedUntil: null,
    banReason: null,
    deletedAt: new Date(0),
    directFrom: 'nobody',
    avatar: null,
    quietHours: null,
    title: null,
    pronouns: null,
    timeZone: null,
    customStatus: null,
    createdAt: new Date(0),
  })

/** Shown as the author of an erased account's messages. Nobody can have this username. */
export const erasedName = 'deleted-user'
export const erasedDisplayName = 'Deleted user'

function personOf(row: Omit<UserRow, 'passwordHash'>): Person {
  const deleted = row.deletedAt !== null
  const username = deleted ? erasedName : row.username
  // A name from before there were rules for names may lose everything.
  const displayName = deleted ? erasedDisplayName : row.displayName || row.username
  const avatar = deleted || row.avatar === null ? undefined : avatarAddress(row.avatar)
  return {
    id: row.id,
    username,
    displayName,
    email: row.email,
    emailConfirmed: row.emailConfirmedAt !== null,
    admin: row.role === 'admin',
    bot: row.bot,
    ban: banOf(row),
    deleted,
    directFrom: row.directFrom,
    quietHours: row.quietHours,
    title: row.title,
    pronouns: row.pronouns,
    timeZone: row.timeZone,
    customStatus: row.customStatus,
    createdAt: row.createdAt,
    avatar,
    authorJson: JSON.stringify(presentAuthor({ username, displayName, avatar })),
  }
}

function banOf({
  bannedAt,
  bannedUntil,
  banReason,
}: Pick<UserRow, 'bannedAt' | 'bannedUntil' | 'banReason'>): Ban | undefined {
  if (bannedAt === null) return undefined
  return { ...(banReason && { reason: banReason }), ...(bannedUntil && { until: bannedUntil }) }
}
