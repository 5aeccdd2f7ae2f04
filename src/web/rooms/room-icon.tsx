import type { Room } from '../../protocol/rooms.ts'
import { Icon } from '../kit/icon.tsx'
import { Picture } from '../kit/picture.tsx'
import { say } from '../language/say.ts'

/** The picture of a room, or the sign for its access, in front of its title. A screen reader hears the access as a word. */
export function RoomIcon({ access, avatar }: Pick<Room, 'access'> & { avatar?: string | undefined }) {
  return (
    <span class="room-icon">
      {access === 'open' && <span aria-hidden="true">#</span>}
      {access === 'closed' && <Icon of="lock" />}
      {access === 'admins' && <Icon of="shield" />}
      {access === 'direct' && <span aria-hidden="true">@</span>}
      <Picture address={avatar} />
      {access !== 'open' && <span class="unseen">{say(`access.${access}`)} </span>}
    </span>
  )
}
