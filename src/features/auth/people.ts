import { onChange, type Person, perServer, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { findUser, findUserByName, findUsers, type UserRow } from './store.ts'

/**
 * Everyone this server has met since it started, by id. A person is one object for all who hold it (connections,
 * memberships), refreshed in place when a change is announced, so that a demotion is felt at once everywhere.
 */
export const people = perServer((tools) => {
  const byId = new Map<string, Person>()

  let changes = 0
  onChange(tools, 'user', ({ user }) => {
    changes++
    if (byId.has(user)) void refresh(user)
  })

  /** What was read while somebody changed may be of before, and would give a demoted admin their power back. */
  async function current<Read>(read: () => Promise<Read>): Promise<Read> {
    for (;;) {
      const seen = changes
      const found = await read()
      if (seen === changes) return found
    }
  }

  async function refresh(id: string): Promise<void> {
    const row = await current(() => findUser(tools.sql, id)).catch(() => undefined)
    // Forgotten rather than stale when the database is away: the next look reads it again.
    if (row) meet(row)
    else byId.delete(id)
  }

  function meet(row: UserRow): Person {
    const person = personOf(row)
    const known = byId.get(row.id)
    if (!known) {
      byId.set(row.id, person)
      return person
    }
    return Object.assign(known, person)
  }

  async function find(id: string): Promise<Person | undefined> {
    const known = byId.get(id)
    if (known) return known
    const row = await current(() => findUser(tools.sql, id))
    return row && meet(row)
  }

  /** Loads those not yet met in one query; everyone asked for is then in the answer, if they exist. */
  async function findAll(ids: Iterable<string>, sql: Sql): Promise<Map<string, Person>> {
    const missing = [...new Set(ids)].filter((id) => !byId.has(id))
    if (missing.length > 0) for (const row of await current(() => findUsers(sql, missing))) meet(row)
    return byId
  }

  async function findByName(name: string): Promise<Person | undefined> {
    const row = await current(() => findUserByName(tools.sql, name.toLowerCase()))
    return row && meet(row)
  }

  return { meet, find, findAll, findByName, refresh }
})

/**
 * Everyone behind the ids, keyed by id; all of them exist, because users are never removed from the table. Inside a
 * transaction with its `sql`: over another connection the embedded database would wait for ever.
 */
export async function authorsOf(
  tools: Tools,
  ids: Iterable<string>,
  sql: Sql = tools.sql,
): Promise<Map<string, Person>> {
  return people(tools).findAll(ids, sql)
}

/** How the author of messages is shown whose account is erased; nobody can have this username. */
export const erasedName = 'deleted-user'
export const erasedDisplayName = 'Deleted user'

function personOf(row: UserRow): Person {
  const deleted = row.deletedAt !== null
  const username = deleted ? erasedName : row.username
  const displayName = deleted ? erasedDisplayName : row.displayName
  return {
    id: row.id,
    username,
    displayName,
    email: row.email,
    admin: row.role === 'admin',
    bot: row.bot,
    banned: row.bannedAt !== null,
    deleted,
    directFrom: row.directFrom,
    createdAt: row.createdAt,
    authorJson: JSON.stringify({ username, display_name: displayName }),
  }
}
