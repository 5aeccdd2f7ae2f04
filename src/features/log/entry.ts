import type { DurableKind } from '../../protocol/events.ts'
import type { Reaction } from '../../protocol/messages.ts'
import type { Person } from '../../scope.ts'

/** The room a log belongs to, as far as the log needs to know it. */
export type LogRoom = { key: number; id: string; epoch: string }

/** How kinds are stored. Numbers are never reused: they are in every community's database. */
export const kindNumbers = {
  'message.created': 1,
  'message.edited': 2,
  'message.deleted': 3,
  'reaction.added': 4,
  'reaction.removed': 5,
  'pin.added': 6,
  'pin.removed': 7,
  'member.joined': 8,
  'member.left': 9,
  'member.updated': 10,
  'room.updated': 11,
} as const satisfies Record<DurableKind, number>

const kindNames = new Map<number, DurableKind>(
  Object.entries(kindNumbers).map(([name, number]) => [number, name as DurableKind]),
)

export function kindName(number: number): DurableKind {
  const name = kindNames.get(number)
  if (!name) throw new Error(`The log holds an event of unknown kind ${number}`)
  return name
}

/** What an event says beside its kind: stored as it is in `detail`. */
export type Detail = {
  emoji?: string
  /** member.*: the user, whose username is looked up when it is shown. */
  user?: string
  role?: 'owner' | 'moderator' | 'member'
  changed?: object
  /** message.edited: how the message stood beside its text. */
  reactions?: Reaction[]
  pinned?: true
}

/** An event that somebody wants to happen. */
export type Draft = {
  kind: DurableKind
  actor: Person
  target?: number
  /** The text of a created or edited message. */
  text?: string
  clientId?: string
  replyTo?: number
  detail?: Detail
  /** message.edited and message.deleted: what stays of the message they are about. */
  about?: Origin
  /** The person of a member.* event. */
  member?: Person
}

/** What never changes about a message. */
export type Origin = { author: Person; at: Date; clientId?: string; replyTo?: number }

/** An event that happened: a draft with its place and time. */
export type Entry = Draft & {
  seq: number
  at: Date
  /** The text is gone, because the message was deleted since. */
  deletedAt?: Date
  /** What is stored did not decrypt. */
  damaged?: true
}
