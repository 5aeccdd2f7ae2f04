import type { Room } from '../../protocol/rooms.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'

/** The sign in front of a title for the kind of room. A screen reader reads it as a word. */
export function RoomIcon({ access }: { access: Room['access'] }) {
  return (
    <span class="room-icon">
      {access === 'open' && <span aria-hidden="true">#</span>}
      {access === 'closed' && <Icon of="lock" />}
      {access === 'admins' && <Icon of="shield" />}
      {access === 'direct' && <span aria-hidden="true">@</span>}
      {access !== 'open' && <span class="unseen">{say(`access.${access}`)} </span>}
    </span>
  )
}
