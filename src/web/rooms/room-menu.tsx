import { useState } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { levelOf } from '../ground/notify-level.ts'
import { usePowers } from '../ground/use-powers.ts'
import { type Choice, Menu } from '../kit/menu.tsx'
import { say } from '../language/say.ts'
import { Invites } from './invites.tsx'
import { leave } from './leave-room.ts'
import { MuteSheet } from './mute.tsx'
import { OutgoingWebhooks } from './outgoing-webhooks.tsx'
import { RoomDetails } from './room-details.tsx'
import { Webhooks } from './webhooks.tsx'

/** The menu in the header of a room. */
export function RoomMenu({ room, onFiles }: { room: RoomState; onFiles: () => void }) {
  const store = useStore()
  const [open, setOpen] = useState<'details' | 'invites' | 'webhooks' | 'outgoing' | 'mute'>()
  const powers = usePowers(room)
  const close = () => setOpen(undefined)
  const isMuted = levelOf(room) === 'nothing'
  const unmute = () => {
    if (room.muted_until) store.rooms.mute(room.id)
    if (room.notify === 'nothing') store.rooms.notify(room.id, 'all')
  }
  const choices = (): Choice[] => [
    { name: say('details.open'), icon: 'settings', run: () => setOpen('details') },
    { name: say('files.title'), icon: 'file', run: onFiles },
    ...(powers.revoke
      ? [{ name: say('people.invite'), icon: 'link', run: () => setOpen('invites') } as const]
      : []),
    ...(powers.webhooks
      ? [{ name: say('webhooks.title'), icon: 'plug', run: () => setOpen('webhooks') } as const]
      : []),
    ...(powers.export
      ? [{ name: say('outgoing.title'), icon: 'plug', run: () => setOpen('outgoing') } as const]
      : []),
    {
      name: say('rooms.favourite'),
      icon: 'star',
      checked: room.favourite,
      run: () => store.rooms.setFavourite(room.id, !room.favourite),
    },
    {
      name: say('notify.mute'),
      icon: 'bell',
      checked: isMuted,
      run: () => (isMuted ? unmute() : setOpen('mute')),
    },
    ...(powers.leave
      ? [{ name: say('leave.act'), icon: 'leave', danger: true, run: () => void leave(store, room) } as const]
      : []),
  ]
  return (
    <>
      <Menu label={say('details.menu')} choices={choices} />
      {open === 'details' && <RoomDetails room={room} onClose={close} />}
      {open === 'mute' && <MuteSheet room={room} onClose={close} />}
      {open === 'invites' && <Invites room={room} onClose={close} />}
      {open === 'webhooks' && <Webhooks room={room.id} making={powers.invite} onClose={close} />}
      {open === 'outgoing' && <OutgoingWebhooks room={room.id} onClose={close} />}
    </>
  )
}
