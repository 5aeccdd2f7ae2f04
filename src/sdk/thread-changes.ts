import type { Message, Thread } from '../protocol/messages.ts'
import { changeMessage } from './change-message.ts'
import type { DurableEvent, RoomState } from './state.ts'

/** In events a message has no thread: its count comes from the events of its replies. */
export const threadOf = ({ thread }: Message) => (thread ? { thread } : {})

/** A reply is one more in its thread, also if it is deleted later in a replay: then its deletion takes it out. */
export function addReply(room: RoomState, message: Message): RoomState {
  const { thread_seq: seq, created_at: last_at } = message
  if (seq === undefined) return room
  const counted = withCount(room, seq, (old) => ({ seq, replies: (old?.replies ?? 0) + 1, last_at }))
  const open = counted.threads?.[seq]
  if (!open) return counted
  const messages = [...open.messages, { ...message, reactions: [] }]
  return { ...counted, threads: { ...counted.threads, [seq]: { ...open, messages } } }
}

type Deletion = Extract<DurableEvent, { type: 'message.deleted' }>

/** The event says what the thread is now, unless the reply got too old: then all that are left are later ones. */
export function removeReply(room: RoomState, { message, thread }: Deletion): RoomState {
  const { thread_seq: seq } = message
  if (seq === undefined) return room
  return withCount(room, seq, (old) => thread ?? (old && { ...old, replies: old.replies - 1 }))
}

function withCount(room: RoomState, seq: number, count: (old?: Thread) => Thread | undefined): RoomState {
  return changeMessage(room, seq, ({ thread: old, ...message }) => {
    const thread = count(old)
    return thread && thread.replies > 0 ? { ...message, thread } : message
  })
}
