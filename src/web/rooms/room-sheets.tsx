import { useEffect } from 'preact/hooks'
import { type RoomState, roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { usePowers } from '../ground/use-powers.ts'
import type { RoomSheet } from './acts.ts'
import { AddMember } from './add-member.tsx'
import { Invites } from './invites.tsx'
import { MuteSheet } from './mute.tsx'
import { NewDirectSheet } from './new-direct.tsx'
import { NewRoomSheet } from './new-room.tsx'
import { NotifySheet } from './notify-level.tsx'
import { OutgoingWebhooks } from './outgoing-webhooks.tsx'
import { RoomDetails } from './room-details.tsx'
import { MoveSheet, SectionSheet } from './section-sheets.tsx'
import { Webhooks } from './webhooks.tsx'

/** The sheets of rooms and of their list, which nobody sees first. */
export function RoomSheets() {
  const store = useStore()
  const { sheet } = store.rooms
  const asked = sheet.value
  const close = () => {
    sheet.value = undefined
  }
  const room = asked && 'room' in asked ? roomOf(store.state.value, asked.room) : undefined
  const isGone = asked !== undefined && 'room' in asked && !room
  useEffect(() => {
    if (isGone) sheet.value = undefined
  }, [isGone, sheet])
  // The sheet of a room goes with the view, not with the room: the list opens sheets of rooms that are not in view.
  useEffect(
    () => () => {
      if (sheet.value && 'room' in sheet.value) sheet.value = undefined
    },
    [store.room.value, sheet],
  )
  if (!asked || isGone) return null
  if ('section' in asked) return <SectionSheet section={asked.section} onClose={close} />
  if ('create' in asked)
    return asked.create === 'rooms' ? (
      <NewRoomSheet onClose={close} />
    ) : (
      <NewDirectSheet key={asked.from} from={asked.from} onClose={close} />
    )
  return room ? <OfRoom room={room} about={asked.about} onClose={close} /> : null
}

type OfRoomProps = {
  room: RoomState
  about: Extract<RoomSheet, { room: string }>['about']
  onClose: () => void
}

function OfRoom({ room, about, onClose }: OfRoomProps) {
  const powers = usePowers(room)
  switch (about) {
    case 'details':
      return <RoomDetails room={room} onClose={onClose} />
    case 'notify':
      return <NotifySheet room={room} onClose={onClose} />
    case 'mute':
      return <MuteSheet room={room} onClose={onClose} />
    case 'add':
      return <AddMember room={room} onClose={onClose} />
    case 'invites':
      return <Invites room={room} onClose={onClose} />
    case 'webhooks':
      return <Webhooks room={room.id} making={powers.invite} onClose={onClose} />
    case 'outgoing':
      return <OutgoingWebhooks room={room.id} onClose={onClose} />
    case 'section':
      return <MoveSheet room={room} onClose={onClose} />
  }
}
