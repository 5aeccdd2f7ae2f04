import { ChatError } from '../../protocol/errors.ts'
import type { User } from '../../protocol/users.ts'
import { isAdmin, type Person, type Scope, type Tools } from '../../scope.ts'
import { people } from '../auth/people.ts'
import { presentUser } from '../auth/present.ts'
import { searchUsers } from '../auth/store.ts'
import { pageOf } from '../page.ts'

/** Finds a user by username, never by email address, which is private. An erased user is not found. */
export async function findPerson(tools: Tools, username: string): Promise<Person> {
  const person = /[@\0]/.test(username) ? undefined : await people(tools).findByName(username)
  if (!person || person.deleted) throw new ChatError('user_not_found')
  return person
}

export async function showUser(scope: Scope, username: string): Promise<User> {
  const person = await findPerson(scope, username)
  return presentUser(scope, person, { withEmail: isAdmin(scope) || person === scope.actor })
}

export async function listUsers(
  scope: Scope,
  query: { q?: string; after?: string; limit?: number },
): Promise<{ items: User[]; next?: string }> {
  const limit = query.limit ?? scope.policy.limits.page
  const clean = (text: string | undefined): string => (text ?? '').replaceAll('\0', '')
  const rows = await searchUsers(scope.sql, clean(query.q), clean(query.after), limit + 1)
  const { page, next } = pageOf(rows, limit, ({ username }) => username)
  const items = page.map((row) => presentUser(scope, people(scope).keep(row), { withEmail: true }))
  return { items, ...next }
}
