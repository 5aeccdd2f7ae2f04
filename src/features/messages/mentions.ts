import type { Scope } from '../../scope.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { sendToPerson } from '../rooms/send.ts'
import { findMentioned } from './store.ts'

const mostMentions = 20
const mention = /(?<![\w.@-])@([A-Za-z0-9][A-Za-z0-9_.-]{2,31})/g

/**
 * Sends an event to the sockets of members who are mentioned. It runs after the commit and the reply and may fail: clients
 * find the message itself in the log.
 */
export async function notifyMentioned(
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
    // "@ben." is more often the end of a sentence than the name "ben.", so look for both.
    names.add(folded.replace(/[.-]+$/, ''))
  }
  if (names.size === 0) return
  try {
    for (const user of await findMentioned(scope.sql, room.key, scope.actor.id, [...names])) {
      sendToPerson(scope, room, user, {
        type: 'mention.created',
        room: room.id,
        seq,
        actor: scope.actor.username,
      })
    }
  } catch (error) {
    scope.log.warn('the events of mentions could not be sent', { room: room.key, seq, error })
  }
}
