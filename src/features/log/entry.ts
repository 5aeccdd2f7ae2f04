import type { DurableKind } from '../../protocol/events.ts'
import type { File } from '../../protocol/files.ts'
import type { Reaction } from '../../protocol/messages.ts'
import type { Person } from '../../scope.ts'
import type { Meant } from './meant.ts'

/** What the log needs to know of its room. */
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

const numbersOf = (...kinds: DurableKind[]): string => kinds.map((kind) => kindNumbers[kind]).join(', ')

/** In SQL. */
export const pinKinds = numbersOf('pin.added', 'pin.removed')
export const reactionKinds = numbersOf('reaction.added', 'reaction.removed')
const marking: readonly DurableKind[] = ['message.edited', 'message.deleted', 'pin.added', 'pin.removed']
/** In SQL: the kinds of entries that say what has become of a message. With exactly these, the index `log_marks` is used. */
export const markKinds = numbersOf(...marking)
export const isMark = (kind: DurableKind): boolean => marking.includes(kind)

/** The kind of a row that only takes a place, and is no entry. */
export const reservedKind = 0

const kindNames = new Map<number, DurableKind>(
  Object.entries(kindNumbers).map(([name, number]) => [number, name as DurableKind]),
)

/** Undefined for a number that was never given: somebody changed the database. */
export const kindName = (number: number): DurableKind | undefined => kindNames.get(number)

/** What an event says as well as its kind, stored as it is in the column `detail`. */
export type Detail = {
  emoji?: string
  /** member.*: the user, whose username is looked up when it is shown. */
  user?: string
  role?: 'owner' | 'moderator' | 'member'
  changed?: object
  /** message.edited: what else the message had when it was edited. */
  reactions?: Reaction[]
  pinned?: true
  /** message.deleted: because of its age. */
  expired?: true
  /** message.deleted, of a reply: what its thread is without it. */
  thread?: { replies: number; last_at?: string }
  /** message.created: the ids of its files. What else is known about them ends with them. */
  files?: string[]
}

/** An event that is not stored yet. */
export type NewEntry = {
  kind: DurableKind
  actor: Person
  target?: number
  /** The text of a created or edited message. */
  text?: string
  clientId?: string
  replyTo?: number
  /** Of a reply: the message that its thread begins with. */
  threadSeq?: number
  detail?: Detail
  /** message.edited and message.deleted: what never changes about the message. */
  about?: Origin
  /** The person of a member.* event. */
  member?: Person
  /** message.created: whom it means. */
  meant?: Meant
  /** Those of `detail.files` that are there. */
  files?: File[]
}

/** The last entry of a log: its seq, its time, behind which no later one may fall, and its link, null while it has none. */
export type Tip = { head: number; at: Date; link: string | null }

/** The tip of a log without entries. */
export const noTip: Tip = { head: 0, at: new Date(0), link: null }

/** A clock may be set back; inside a room time only goes forward. */
export const timeAfter = (tip: Tip, now: Date): Date => (tip.at > now ? tip.at : now)

/** What never changes about a message. */
export type Origin = {
  author: Person
  at: Date
  clientId?: string
  replyTo?: number
  threadSeq?: number
  files?: File[]
}

type OriginRow = { at: Date; clientId: string | null; replyTo: number | null; threadSeq: number | null }

export const originOf = (author: Person, { at, clientId, replyTo, threadSeq }: OriginRow): Origin => ({
  author,
  at,
  ...(clientId === null ? {} : { clientId }),
  ...(replyTo === null ? {} : { replyTo }),
  ...(threadSeq === null ? {} : { threadSeq }),
})

/** A stored event: with its place in the log and its time. */
export type Entry = NewEntry & {
  seq: number
  at: Date
  /** The message was deleted later, so the text is gone. */
  deletedAt?: Date
  /** The stored entry is not what was written: it does not decrypt, or does not fit the rest of the log. */
  damaged?: true
  /** Absent while the log is not linked yet. */
  link?: string
}
