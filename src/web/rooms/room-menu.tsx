import { useId } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { levelOf } from '../ground/notify-level.ts'
import { usePowers } from '../ground/use-powers.ts'
import { type Choice, Choices, Menu } from '../kit/menu.tsx'
import { say } from '../language/say.ts'
import type { RoomSheet } from './acts.ts'
import { canStartGroup, startGroup, startGroupText } from './group.ts'
import { leave } from './leave-room.ts'

/** The menu in the header of a room. */
export function RoomMenu({ room, onFiles }: { room: RoomState; onFiles: () => void }) {
  return <Menu label={labelFor(room)} choices={useChoices(room, onFiles)} />
}

/** A row of the list of rooms, and the room that it leads to. */
export type MenuPlace = { room: string; anchor: HTMLElement }

/** The same menu at a row of the list, opened by a right click or the keyboard's key for that. */
export function RowMenu({
  room,
  anchor,
  onClose,
}: {
  room: RoomState
  anchor: HTMLElement
  onClose: () => void
}) {
  const id = useId()
  const choices = useChoices(room)
  const close = () => {
    onClose()
    anchor.focus({ preventScroll: true })
  }
  return (
    <Choices id={id} label={labelFor(room)} choices={choices()} anchor={anchor} isContext onClose={close} />
  )
}

const labelFor = ({ access }: RoomState) => say(access === 'direct' ? 'details.menuDirect' : 'details.menu')

/** The files are listed next to the room that is in view. */
function useChoices(room: RoomState, onFiles?: () => void): () => readonly Choice[] {
  const store = useStore()
  const powers = usePowers(room)
  const open = (about: Extract<RoomSheet, { room: string }>['about']) => {
    store.rooms.sheet.value = { room: room.id, about }
  }
  const isMuted = levelOf(room) === 'nothing'
  const unmute = () => {
    if (room.muted_until) store.rooms.mute(room.id)
    if (room.notify === 'nothing') store.rooms.notify(room.id, 'all')
  }
  return () => [
    ...(room.role && room.unread > 0
      ? [{ name: say('rooms.markRead'), icon: 'check', run: () => store.talk.markRead(room.id) } as const]
      : []),
    {
      name: say(room.access === 'direct' ? 'details.openDirect' : 'details.open'),
      icon: 'settings',
      run: () => open('details'),
    },
    ...(canStartGroup(room, powers.me)
      ? [{ name: startGroupText(room), icon: 'add', run: () => startGroup(store, room) } as const]
      : []),
    ...(onFiles ? [{ name: say('files.title'), icon: 'file', run: onFiles } as const] : []),
    {
      name: say('rooms.favourite'),
      icon: 'star',
      checked: room.favourite,
      run: () => store.rooms.setFavourite(room.id, !room.favourite),
    },
    {
      name: say('arrange.move'),
      icon: 'list',
      run: () => open('section'),
    },
    { name: say('notify.label'), icon: 'bell', run: () => open('notify') },
    {
      name: say('notify.mute'),
      icon: 'muted',
      checked: isMuted,
      run: () => (isMuted ? unmute() : open('mute')),
    },
    ...(powers.revoke
      ? [{ name: say('people.invite'), icon: 'link', run: () => open('invites') } as const]
      : []),
    ...(powers.webhooks
      ? [{ name: say('webhooks.title'), icon: 'plug', run: () => open('webhooks') } as const]
      : []),
    ...(powers.export
      ? [{ name: say('outgoing.title'), icon: 'outward', run: () => open('outgoing') } as const]
      : []),
    ...(powers.leave
      ? [{ name: say('leave.act'), icon: 'leave', danger: true, run: () => void leave(store, room) } as const]
      : []),
  ]
}
