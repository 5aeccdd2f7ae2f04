import type { Arrangement } from '../protocol/arrangements.ts'
import type { EphemeralEvent, UserEvent } from '../protocol/events.ts'
import { changeMessage, withPreviews } from './change-message.ts'
import { sortNames, withName, withoutName, withSilence } from './people.ts'
import { withProfile } from './profiles.ts'
import { withReceipt } from './receipts.ts'
import { changeRoom, factsOf, roomOf, roomState, type State, withoutRoom, withRoom } from './state.ts'
import { readerOf, withCount, withMention, withoutMention } from './unread.ts'

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
  'profile.changed': (state, { type: _, room, ...profile }) =>
    changeRoom(state, room, (old) => withProfile(old, profile, state.me?.username)),
  'preview.changed': (state, { room, seq, previews }) =>
    changeRoom(state, room, (old) => changeMessage(old, seq, (message) => withPreviews(message, previews))),
  'receipt.changed': (state, { room, username, ...receipt }) =>
    changeRoom(state, room, (old) => ({ ...old, receipts: withReceipt(old.receipts, username, receipt) })),
  'room.opened': (state, { room }) => {
    const old = roomOf(state, room.id)
    if (!old?.open || old.epoch !== room.epoch) return withRoom(state, roomState(room))
    return withRoom(state, { ...old, ...factsOf(room) })
  },
  'room.invited': (state) => state,
  'room.closed': (state, { room }) => (roomOf(state, room) ? withoutRoom(state, room) : state),
  'read.changed': (state, { room, read_seq, moved_back: back, ...counted }) =>
    changeRoom(state, room, (old) => {
      if (read_seq < old.read_seq && !back) return old
      const { kept_unread: _, ...kept } = old
      const moved = { ...kept, read_seq, ...(back ? { kept_unread: true } : {}) }
      // A server that is older than this SDK sends no `head`.
      return withCount(moved, { ...counted, head: counted.head ?? old.head }, readerOf(state))
    }),
  'notify.changed': (state, { room, notify, muted_until }) =>
    changeRoom(state, room, (old) => ({ ...old, notify, muted_until })),
  'favourite.changed': (state, { room, favourite }) =>
    changeRoom(state, room, (old) => ({ ...old, favourite })),
  'section.changed': (state, { room, section }) => changeRoom(state, room, (old) => ({ ...old, section })),
  'arrangement.changed': (state, { order, sections }) => withArrangement(state, { order, sections }),
  'mention.created': (state, { room, ...mention }) =>
    changeRoom(state, room, (old) => withMention(old, mention, readerOf(state))),
  'mention.deleted': (state, { room, seq }) => changeRoom(state, room, (old) => withoutMention(old, seq)),
  'thread.replied': (state) => state,
  'thread.changed': (state, { room, seq, following }) =>
    changeRoom(state, room, (old) => {
      const open = old.threads?.[seq]
      if (!open || open.following === following) return old
      return { ...old, threads: { ...old.threads, [seq]: { ...open, following } } }
    }),
  'keywords.changed': (state, { keywords }) => ({ ...state, keywords }),
  'saved.changed': (state) => state,
  'silence.changed': (state, { room, username, until }) =>
    changeRoom(state, room, (old) => ({
      ...old,
      ...(username === state.me?.username ? { silenced_until: until } : {}),
      ...(old.members ? { members: withSilence(old.members, username, until) } : {}),
    })),
  'community.changed': (state, { community }) => ({ ...state, community }),
  'user.updated': (state, { user }) => ({ ...state, me: user }),
  'reports.changed': (state, { open }) => ({ ...state, reports: open }),
  'session.ending': (state) => state,
}

/** What was in a section that is gone is in none. */
function withArrangement(state: State, arrangement: Arrangement): State {
  const known = new Set(arrangement.sections.map(({ id }) => id))
  const left = Object.values(state.rooms).filter(
    ({ section }) => section !== undefined && !known.has(section),
  )
  return left.reduce<State>((next, room) => withRoom(next, { ...room, section: undefined }), {
    ...state,
    arrangement,
  })
}
