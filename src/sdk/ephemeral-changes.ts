import type { EphemeralEvent, UserEvent } from '../protocol/events.ts'
import { sortNames, withName, withoutName, withSilence } from './people.ts'
import { withReceipt } from './receipts.ts'
import { changeRoom, factsOf, roomOf, roomState, type State, withoutRoom, withRoom } from './state.ts'
import { readerOf, withCount } from './unread.ts'

type Unlogged = EphemeralEvent | UserEvent
type Change<Type extends Unlogged['type']> = (state: State, event: Extract<Unlogged, { type: Type }>) => State

/** What each event outside the log changes: ephemeral ones of a room, and those to the user's own sockets. */
export const ephemeralChanges: { [Type in Unlogged['type']]: Change<Type> } = {
  'presence.changed': (state, { room, online = [], offline = [], count }) =>
    changeRoom(state, room, (old) => ({
      ...old,
      // As many names as people: after events that had only the number, this one has everybody.
      online:
        online.length === count
          ? sortNames(online)
          : online.reduce(withName, offline.reduce(withoutName, old.online)),
      online_count: count,
      typing: offline.reduce(withoutName, old.typing),
    })),
  'typing.changed': (state, { room, username, typing }) =>
    changeRoom(state, room, (old) => ({
      ...old,
      typing:
        typing && username !== state.me?.username
          ? withName(old.typing, username)
          : withoutName(old.typing, username),
    })),
  'receipt.changed': (state, { room, username, ...receipt }) =>
    changeRoom(state, room, (old) => ({ ...old, receipts: withReceipt(old.receipts, username, receipt) })),
  'room.opened': (state, { room }) => {
    const old = roomOf(state, room.id)
    if (!old?.open || old.epoch !== room.epoch) return withRoom(state, roomState(room))
    return withRoom(state, { ...old, ...factsOf(room) })
  },
  'room.invited': (state) => state,
  'room.closed': (state, { room }) => (roomOf(state, room) ? withoutRoom(state, room) : state),
  'read.changed': (state, { room, read_seq, unread, head }) =>
    changeRoom(state, room, (old) => {
      if (read_seq < old.read_seq) return old
      // A server that is older than this SDK sends no `head`.
      return withCount({ ...old, read_seq }, { unread, head: head ?? old.head }, readerOf(state))
    }),
  'favourite.changed': (state, { room, favourite }) =>
    changeRoom(state, room, (old) => ({ ...old, favourite })),
  'mention.created': (state, { room, seq }) =>
    changeRoom(state, room, (old) =>
      seq <= old.read_seq || old.mentioned.includes(seq)
        ? old
        : { ...old, mentioned: [...old.mentioned, seq] },
    ),
  'silence.changed': (state, { room, username, until }) =>
    changeRoom(state, room, (old) => ({
      ...old,
      ...(username === state.me?.username ? { silenced_until: until } : {}),
      ...(old.members ? { members: withSilence(old.members, username, until) } : {}),
    })),
  'user.updated': (state, { user }) => ({ ...state, me: user }),
  'reports.changed': (state, { open }) => ({ ...state, reports: open }),
  'session.ending': (state) => state,
}
