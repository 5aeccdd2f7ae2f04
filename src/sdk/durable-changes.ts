import type { DurableEvent, DurableKind } from '../protocol/events.ts'
import type { Message } from '../protocol/messages.ts'
import { indexFrom } from './by-seq.ts'
import { changeMessage, eachThread, withPreviews } from './change-message.ts'
import { withMember, withoutName } from './people.ts'
import { addReaction, removeReaction } from './reactions.ts'
import type { RoomState } from './state.ts'
import { addReply, removeReply, threadOf } from './thread-changes.ts'
import { countCreated, countDeleted, type Reader } from './unread.ts'

type EventOf<Kind extends DurableKind> = Extract<DurableEvent, { type: Kind }>
type Change<Kind extends DurableKind> = (room: RoomState, event: EventOf<Kind>, reader: Reader) => RoomState

/** What each durable event changes in its room. Messages that are not loaded are ignored. */
export const durableChanges: { [Kind in DurableKind]: Change<Kind> } = {
  'message.created'(room, event, reader) {
    const counted = addReply(room, event.message)
    return {
      ...counted,
      messages: [...counted.messages, { ...event.message, reactions: [] }],
      pending: withoutPending(room, event.message, reader),
      typing: withoutName(room.typing, event.actor),
      unread: countCreated(room, event.message, reader),
    }
  },
  'message.edited': (room, event) =>
    changeMessage(room, event.message.seq, (old) => {
      // In a replay after its deletion the message has no text. The deletion comes later in the replay.
      if (event.message.deleted_at) return old
      // In a replay the event may include reactions and pins whose own events come later.
      const edited = { ...event.message, reactions: old.reactions, ...pin(old.pinned), ...threadOf(old) }
      // The server looks at the links again, and says what has changed.
      return withPreviews(edited, old.previews)
    }),
  'message.deleted': (room, event, reader) => ({
    ...withoutExpired(
      removeReply(
        changeMessage(room, event.message.seq, (old) => ({ ...tombstone(event.message), ...threadOf(old) })),
        event,
      ),
      event.message,
    ),
    unread: countDeleted(room, event.message, event.seq, reader),
  }),
  'reaction.added': (room, event, reader) =>
    changeMessage(room, event.target, (old) => ({
      ...old,
      reactions: addReaction(old.reactions, event.emoji, event.actor === reader.username),
    })),
  'reaction.removed': (room, event, reader) =>
    changeMessage(room, event.target, (old) => ({
      ...old,
      reactions: removeReaction(old.reactions, event.emoji, event.actor === reader.username),
    })),
  'pin.added': (room, event) => changeMessage(room, event.target, (old) => ({ ...old, pinned: true })),
  'pin.removed': (room, event) => changeMessage(room, event.target, unpinned),
  'member.joined': setMember,
  'member.updated': setMember,
  'member.left': (room, { username }, reader) => {
    const { role, silenced_until, ...rest } = room
    return {
      ...rest,
      ...(role && username !== reader.username ? { role, silenced_until } : {}),
      ...(room.members ? { members: room.members.filter((member) => member.username !== username) } : {}),
      online: withoutName(room.online, username),
      online_count: room.online_count - (room.online.includes(username) ? 1 : 0),
      typing: withoutName(room.typing, username),
    }
  },
  'room.updated': (room, { changed: { avatar, ...changed } }) => ({
    ...room,
    ...changed,
    ...(avatar === undefined ? {} : { avatar: avatar ?? undefined }),
  }),
}

function setMember(
  room: RoomState,
  { username, role }: EventOf<'member.joined' | 'member.updated'>,
  reader: Reader,
) {
  return {
    ...room,
    ...(username === reader.username ? { role } : {}),
    ...(room.members ? { members: withMember(room.members, { username, role }) } : {}),
  }
}

/** Messages get too old in their order: all up to this one are gone, and history begins after it. */
function withoutExpired(room: RoomState, { seq, expired }: Message): RoomState {
  if (!expired) return room
  const { excerpt, last, ...rest } = room
  const cut = <Part extends Pick<RoomState, 'messages' | 'reachedStart'>>(part: Part): Part => {
    const first = indexFrom(part.messages, seq + 1)
    return first === 0 ? part : { ...part, messages: part.messages.slice(first), reachedStart: true }
  }
  const left = excerpt && cut(excerpt)
  if (rest.threads) rest.threads = eachThread(rest.threads, cut)
  const kept = last && last.seq > seq ? { last } : {}
  return { ...cut(rest), ...kept, ...(left && left.messages.length > 0 ? { excerpt: left } : {}) }
}

/** Only our own: `client_id` is unique for its author, not for the room. */
function withoutPending(room: RoomState, message: Message, { username }: Reader) {
  if (message.author.username !== username || !message.client_id) return room.pending
  return room.pending.filter((pending) => pending.client_id !== message.client_id)
}

const pin = (pinned?: boolean) => (pinned ? { pinned } : {})

function unpinned(message: Message): Message {
  const { pinned: _, ...rest } = message
  return rest
}

const tombstone = (message: Message): Message => ({ ...unpinned(message), content: '', reactions: [] })
