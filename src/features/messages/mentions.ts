import type { Scope } from '../../scope.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { tellPerson } from '../rooms/tell.ts'
import { findMentioned } from './store.ts'

const mostMentions = 20
const mention = /(?<![\w.@-])@([A-Za-z0-9][A-Za-z0-9_.-]{2,31})/g

/**
 * Tells members who are named in a message, on their own sockets. Only a hurry, after the message is committed and
 * answered: the message itself is in the log.
 */
export async function tellMentioned(
  scope: Scope,
  room: KnownRoom,
  seq: number,
  content: string,
): Promise<void> {
  const names = new Set<string>()
  for (const [, name] of content.matchAll(mention)) {
    if (names.size >= mostMentions) break
    const folded = name!.toLowerCase()
    names.add(folded)
    // "@ben." ends a sentence more often than it names somebody called "ben.".
    names.add(folded.replace(/[.-]+$/, ''))
  }
  if (names.size === 0) return
  try {
    for (const user of await findMentioned(scope.sql, room.key, scope.actor.id, [...names])) {
      tellPerson(scope, room, user, {
        type: 'mention.created',
        room: room.id,
        seq,
        actor: scope.actor.username,
      })
    }
  } catch (error) {
    scope.log.warn('mentions could not be told', { room: room.key, seq, error })
  }
}
