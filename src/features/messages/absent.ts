import type { Author } from '../../protocol/users.ts'
import type { Scope } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { findAbsentIds } from './absent-store.ts'

const mostAbsent = 10

/**
 * The people whom a message names and who are not in its room, so that they hear nothing of it. Those who have blocked the author are among
 * them: otherwise the author would find out. Only what `GET /users/{username}` says too, so not for an API token that may not read.
 */
export async function findAbsent(scope: Scope, room: KnownRoom, names: readonly string[]): Promise<Author[]> {
  if (names.length === 0 || scope.limitedTo?.includes('read') === false) return []
  try {
    const wanted = { room, author: scope.actor.id, names, now: scope.clock(), limit: mostAbsent }
    const ids = await findAbsentIds(scope.sql, wanted)
    const people = await authorsOf(scope, ids)
    return ids.map((id) => presentAuthor(people.get(id)!))
  } catch (error) {
    // The message is stored all the same.
    scope.log.warn('who is not in the room could not be looked up', { error })
    return []
  }
}
