import type { Note } from '../../bus/bus.ts'
import type { Person, Tools } from '../../scope.ts'
import type { KnownRoom } from './known.ts'
import { listModeratorIds } from './store.ts'

/** Sends an event about a room to all sockets of a person; about a room for administrators, only to those with that power. */
export function sendToPerson(
  { bus }: Tools,
  { access }: Pick<KnownRoom, 'access'>,
  user: string,
  event: { type: string; [field: string]: unknown },
): void {
  bus.publish(noteTo(user, { access }, event))
}

export const noteTo = (
  user: string,
  { access }: Pick<KnownRoom, 'access'>,
  event: { type: string; [field: string]: unknown },
): Extract<Note, { to: 'user' }> => ({
  to: 'user',
  user,
  text: JSON.stringify(event),
  ...(access === 'admins' && { admins: true }),
})

/** Sends the silence to the person and the moderators only. */
export async function sendSilence(
  tools: Tools,
  room: KnownRoom,
  { id, username }: Person,
  until: Date | null,
): Promise<void> {
  const event = {
    type: 'silence.changed',
    room: room.id,
    username,
    ...(until ? { until: until.toISOString() } : {}),
  }
  for (const user of new Set([id, ...(await listModeratorIds(tools.sql, room.key))])) {
    sendToPerson(tools, room, user, event)
  }
}
