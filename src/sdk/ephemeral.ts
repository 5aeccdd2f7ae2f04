import type { EphemeralEvent, UserEvent } from '../protocol/events.ts'
import { withName, withoutName } from './people.ts'
import { changeRoom, roomOf, roomState, type State, withoutRoom, withRoom } from './state.ts'
import { recount } from './unread.ts'

type Fleeting = EphemeralEvent | UserEvent
type Change<Type extends Fleeting['type']> = (state: State, event: Extract<Fleeting, { type: Type }>) => State

/** What each event outside the log does: fleeting ones of a room, and those to a user's own sockets. */
export const ephemeral: { [Type in Fleeting['type']]: Change<Type> } = {
  'presence.changed': (state, { room, username, status }) =>
    changeRoom(state, room, (old) => ({
      ...old,
      online: status === 'online' ? withName(old.online, username) : withoutName(old.online, username),
      typing: status === 'online' ? old.typing : withoutName(old.typing, username),
    })),
  'typing.changed': (state, { room, username, typing }) =>
    changeRoom(state, room, (old) => ({
      ...old,
      typing:
        typing && username !== state.me?.username
          ? withName(old.typing, username)
          : withoutName(old.typing, username),
    })),
  'receipt.changed': (state, { room, username, delivered_seq, read_seq }) =>
    changeRoom(state, room, (old) => {
      const before = Object.hasOwn(old.receipts, username) ? old.receipts[username] : undefined
      const receipt = {
        delivered_seq: Math.max(before?.delivered_seq ?? 0, delivered_seq),
        read_seq: Math.max(before?.read_seq ?? 0, read_seq),
      }
      return { ...old, receipts: { ...old.receipts, [username]: receipt } }
    }),
  'room.opened': (state, { room }) => {
    const old = roomOf(state, room.id)
    if (!old?.open || old.epoch !== room.epoch) return withRoom(state, roomState(room))
    const { title, description, access, posting } = room
    return withRoom(state, {
      ...old,
      title,
      description,
      access,
      posting,
      ...(room.role ? { role: room.role } : {}),
    })
  },
  'room.closed': (state, { room }) => (roomOf(state, room) ? withoutRoom(state, room) : state),
  'read.changed': (state, { room, read_seq, unread }) =>
    changeRoom(state, room, (old) => {
      if (read_seq < old.read_seq) return old
      return recount(
        { ...old, read_seq, unread, unread_at: Math.max(old.unread_at, old.head) },
        state.me?.username,
      )
    }),
  // Nothing of the state follows from it: whoever shows notifications listens to the event itself.
  'mention.created': (state) => state,
  'session.ending': (state) => state,
}
