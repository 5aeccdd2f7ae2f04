import type { Scope } from '../../scope.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { sendToPerson } from '../rooms/send.ts'
import { listFollowers } from './follow-store.ts'

/** If there are more followers, nobody is sent an event of their own: one goes to all who listen to the room. */
export const mostFollowers = 500

/**
 * Sends an event to those who follow a thread, and another to its author, who follows it now and has read it. It runs after the
 * commit and may fail: the list of threads is counted from the log.
 */
export function notifyFollowers(scope: Scope, room: KnownRoom, thread: number, reply: number): void {
  const { actor, sql, bus, log } = scope
  const place = { room: room.id, seq: thread }
  sendToPerson(scope, room, actor.id, {
    ...{ type: 'thread.changed', ...place },
    ...{ read_seq: reply, unread: 0, following: true },
  })
  const event = { type: 'thread.replied', ...place, reply, actor: actor.username }
  listFollowers(sql, { room: room.key, seq: thread }, actor.id, mostFollowers + 1)
    .then((followers) => {
      if (followers.length > mostFollowers)
        bus.publish({ to: 'room', room: room.key, text: JSON.stringify(event) })
      else for (const user of followers) sendToPerson(scope, room, user, event)
    })
    .catch((error: unknown) =>
      log.warn('the event of a reply could not be sent to the followers of its thread', {
        room: room.key,
        seq: reply,
        error,
      }),
    )
}
