import type { EphemeralEvent } from '../../protocol/events.ts'
import type { Person, Tools } from '../../scope.ts'
import { presentStatus } from '../auth/custom-status.ts'
import { presentAuthor } from '../auth/present.ts'
import { announceUpdate } from './roles.ts'
import { listJoinedRooms } from './store.ts'

/** Those who share a room with the person hear how they are called, what they look like and what they are doing now. */
export async function announceProfile(tools: Tools, person: Person): Promise<void> {
  await announceUpdate(tools, person)
  const looks = { ...presentAuthor(person), ...presentStatus(tools, person) }
  for (const { key, id } of await listJoinedRooms(tools.sql, person.id)) {
    const event: EphemeralEvent = { type: 'profile.changed', room: id, ...looks }
    tools.bus.publish({ to: 'room', room: key, text: JSON.stringify(event) })
  }
}
