import type { Message } from '../protocol/messages.ts'
import type { Preview } from '../protocol/previews.ts'
import { indexFrom } from './by-seq.ts'
import type { RoomState, ThreadState } from './state.ts'

type Threads = NonNullable<RoomState['threads']>

export const eachThread = (threads: Threads, change: (thread: ThreadState) => ThreadState): Threads =>
  Object.fromEntries(Object.entries(threads).map(([seq, thread]) => [seq, change(thread)]))

/** Changes a message wherever the room has it. A binary search: a room may have 100,000 messages. */
export function changeMessage(room: RoomState, seq: number, change: (old: Message) => Message): RoomState {
  const within = (messages: readonly Message[]) => {
    const index = indexFrom(messages, seq)
    const old = messages[index]
    return old?.seq === seq ? messages.with(index, { ...change(old), seq }) : messages
  }
  const quoted = room.quoted?.[seq]
  const inThread = ({ root, messages, ...rest }: ThreadState) => ({
    ...rest,
    root: root.seq === seq ? { ...change(root), seq } : root,
    messages: within(messages),
  })
  return {
    ...room,
    messages: within(room.messages),
    ...(room.threads ? { threads: eachThread(room.threads, inThread) } : {}),
    ...(room.excerpt ? { excerpt: { ...room.excerpt, messages: within(room.excerpt.messages) } } : {}),
    ...(room.last?.seq === seq ? { last: { ...change(room.last), seq, reactions: [] } } : {}),
    ...(quoted ? { quoted: { ...room.quoted, [seq]: { ...change(quoted), seq } } } : {}),
  }
}

type Messages = Pick<RoomState, 'messages' | 'excerpt' | 'last' | 'quoted'>

/** Changes all messages that the room has outside of its threads: `changeAll` those of a list, which it may leave as it is. */
export const changeMessages = (
  { messages, excerpt, last, quoted }: RoomState,
  change: (message: Message) => Message,
  changeAll: (messages: readonly Message[]) => readonly Message[],
): Messages => ({
  messages: changeAll(messages),
  ...(excerpt ? { excerpt: { ...excerpt, messages: changeAll(excerpt.messages) } } : {}),
  ...(last ? { last: change(last) } : {}),
  ...(quoted
    ? {
        quoted: Object.fromEntries(
          Object.entries(quoted).map(([seq, message]) => [seq, message && change(message)]),
        ),
      }
    : {}),
})

/** A deleted message has none, whatever was under way when it was deleted. */
export function withPreviews(
  { previews: _, ...message }: Message,
  previews: readonly Preview[] = [],
): Message {
  return previews.length === 0 || message.deleted_at ? message : { ...message, previews: [...previews] }
}
