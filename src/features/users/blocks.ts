import { ChatError } from '../../protocol/errors.ts'
import type { Author } from '../../protocol/users.ts'
import { announce, type Person, type Scope } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import { actAs, settled } from '../auth/redeem.ts'
import { findPerson } from './find.ts'
import { deleteBlock, insertBlock, listBlocked, listDirectsOf } from './store.ts'

/** A blocked person cannot open a direct room with the actor, nor write in a direct room of the two. */
export async function blockUser(scope: Scope, username: string): Promise<void> {
  const person = await findPerson(scope, username)
  if (person === scope.actor) throw new ChatError('block_yourself')
  await actAs(scope, 'self', (sql) => insertBlock(sql, scope.actor.id, person.id))
  await announceToDirects(scope, person)
}

export async function unblockUser(scope: Scope, username: string): Promise<void> {
  const person = await findPerson(scope, username)
  await actAs(scope, 'self', (sql) => deleteBlock(sql, scope.actor.id, person.id))
  await announceToDirects(scope, person)
}

export async function listBlocks(scope: Scope): Promise<{ items: Author[] }> {
  const ids = await listBlocked(scope.sql, scope.actor.id)
  const people = await authorsOf(scope, ids)
  const items = ids.map((id) => presentAuthor(people.get(id)!))
  return { items: items.sort((a, b) => (a.username < b.username ? -1 : 1)) }
}

/** What both may do in a direct room of theirs has changed. */
async function announceToDirects(scope: Scope, person: Person): Promise<void> {
  for (const room of await listDirectsOf(scope.sql, scope.actor.id, person.id)) {
    for (const { id: user } of [scope.actor, person])
      announce(scope, { what: 'member', room, user, gone: false })
  }
  await settled(scope)
}
