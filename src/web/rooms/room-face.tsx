import type { RoomState } from '../../sdk/state.ts'
import { Picture } from '../kit/picture.tsx'
import { Face, GroupFace } from '../people/face.tsx'
import { groupIn, otherIn } from '../people/people.ts'

type Props = { room: Pick<RoomState, 'title' | 'avatar' | 'people'>; me: string | undefined; large?: boolean }

/** The picture of a room; of a direct room of two, the face of the other person; of a larger one, how many others there are. Nothing for other rooms without a picture. */
export function RoomFace({ room, me, large = false }: Props) {
  const { title, avatar } = room
  const other = otherIn(room, me)
  if (other !== undefined) return <Face username={other} display_name={title} large={large} avatar={avatar} />
  const group = groupIn(room)
  if (group > 0) return <GroupFace others={group} />
  if (avatar === undefined) return null
  return (
    <span class={`room-face ${large ? 'large' : ''}`} aria-hidden="true">
      <Picture address={avatar} />
    </span>
  )
}
