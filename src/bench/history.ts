/** What the clients of a run saw, and what was stored at the end. */
export type History = {
  /** In the order in which each sender first sent them. */
  sends: Send[]
  listeners: Listener[]
  /** By room, as read over REST at the end. */
  logs: Record<string, Entry[]>
}

export type Send = {
  sender: string
  room: string
  clientId: string
  content: string
  /** The seq of its acknowledgement. */
  ack?: number
  /** The code of a final refusal: then the message must not be stored. */
  refused?: string
  /**
   * It was sent again after a temporary refusal, or after its sender had given up a connection on which the refusal may have
   * been: others that were under way may be stored before it.
   */
  retried?: true
  /** Sent at this time, in microseconds, by somebody who had been removed from the room: nothing says that it must be refused at once. */
  trespassedUs?: number
  /** The time of storage, according to the server. */
  storedAt?: string
}

export type Listener = {
  name: string
  room: string
  /** Exactly as received, live and replayed, without sorting or dropping anything. */
  heard: Heard[]
  /** Positions in `heard` at which the server said "reset": a gap there is allowed. */
  resets: number[]
  /** The reply to each subscription, each within the membership of the listener. */
  heads?: Subscribed[]
}

type Subscribed = {
  head: number
  /** The newest seq that anybody had heard or got as an acknowledgement before: another node may be behind. */
  known?: number
  /** Somebody had added them back before. */
  added?: true
}

/** `live`: sent without a request, and therefore only to members. */
type Heard = {
  seq: number
  clientId?: string
  live?: true
  /** How often they had been added back by then. */
  back?: number
}

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
