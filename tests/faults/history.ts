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
}

export type Heard = { seq: number; clientId?: string }

export type Entry = { seq: number; actor: string; clientId?: string; content?: string }

type Event = { seq: number; actor: string; message?: { client_id?: string; content: string } }

/** An event as it is on the wire, as an entry of a log. */
export function entryOf({ seq, actor, message }: Event): Entry {
  if (!message) return { seq, actor }
  const { client_id: clientId, content } = message
  return { seq, actor, content, ...(clientId === undefined ? {} : { clientId }) }
}
