/** What the clients of a run saw, and what was stored in the end. */
export type History = {
  /** Each sender's in the order in which it first sent them. */
  sends: Send[]
  listeners: Listener[]
  /** By room, as read over REST when all was over. */
  logs: Record<string, Entry[]>
}

export type Send = {
  sender: string
  room: string
  clientId: string
  content: string
  /** The seq of its acknowledgement. */
  ack?: number
  /** The code with which it was refused for good: then it must not be stored. */
  refused?: string
  /** When the server says it stored it. */
  storedAt?: string
}

export type Listener = {
  name: string
  room: string
  /** Exactly as heard, live and replayed, nothing put in order and nothing thrown away. */
  heard: Heard[]
  /** Positions in `heard` at which the server said "reset": what is missing there was not promised. */
  resets: number[]
  /** The heads that the server told with each subscription, each within the membership of the listener. */
  heads?: number[]
}

/** `live`: not asked for, and so due only to who is a member. */
export type Heard = { seq: number; clientId?: string; live?: true }

export type Entry = {
  seq: number
  actor: string
  clientId?: string
  content?: string
  joined?: string
  left?: string
}

type Event = {
  type: string
  seq: number
  actor: string
  username?: string
  message?: { client_id?: string; content: string }
}

/** An event as it is on the wire, as an entry of a log. */
export function entryOf({ type, seq, actor, username, message }: Event): Entry {
  if (type === 'member.joined' && username !== undefined) return { seq, actor, joined: username }
  if (type === 'member.left' && username !== undefined) return { seq, actor, left: username }
  if (type !== 'message.created' || !message) return { seq, actor }
  const { client_id: clientId, content } = message
  return { seq, actor, content, ...(clientId === undefined ? {} : { clientId }) }
}
