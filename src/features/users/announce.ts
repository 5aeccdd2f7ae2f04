import type { EphemeralEvent } from '../../protocol/events.ts'
import type { Person, Tools } from '../../scope.ts'
import { presentAuthor } from '../auth/present.ts'
import { announceUpdate } from './roles.ts'
import { listJoinedRooms } from './store.ts'

/** Those who share a room with the person hear how they are called and what they look like now. */
export async function announceProfile(tools: Tools, person: Person): Promise<void> {
  await announceUpdate(tools, person)
  for (const { key, id } of await listJoinedRooms(tools.sql, person.id)) {
    const event: EphemeralEvent = { type: 'profile.changed', room: id, ...presentAuthor(person) }
    tools.bus.publish({ to: 'room', room: key, text: JSON.stringify(event) })
  }
}
