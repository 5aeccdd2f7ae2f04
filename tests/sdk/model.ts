import type { DurableEvent, DurableKind, EphemeralEvent, UserEvent } from '../../src/protocol/events.ts'
import type { Hello, Subscribed } from '../../src/protocol/frames.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import type { Message, MessagePage, Thread, ThreadPage } from '../../src/protocol/messages.ts'
import type { Member, Room, RoomChange } from '../../src/protocol/rooms.ts'

/** What somebody may do to the room; `on` picks a message among those there are. */
export type Deed = {
  what: DurableKind | 'reply' | 'presence' | 'read' | 'expired'
  who: string
  on: number
  emoji: string
  role: 'owner' | 'moderator' | 'member'
}

type Stored = Message & { by: { emoji: string; users: string[] }[] }
type RoomEvent = DurableEvent | EphemeralEvent | UserEvent

export const reader = 'ben'
const at = '2026-01-01T00:00:00.000Z'
const author = (username: string) => ({ username, display_name: username.toUpperCase() })

const timeOf = (seq: number) => new Date(Date.parse(at) + seq * 1000).toISOString()

/** The log of one room as the server keeps it, small enough to be plainly right: it edits tables, not states. */
export function createModel() {
  const room = {
    id: 'general',
    title: 'General',
    description: '',
    access: 'open',
    posting: 'members',
  } as const
  let changed: RoomChange = {}
  let head = 0
  let readSeq = 0
  const messages: Stored[] = []
  /** Too old, with all that was before: history begins after them. */
  const gone = new Map<number, Stored>()
  const members = new Map<string, Member['role']>([[reader, 'member']])
  const connected = new Set<string>([reader])

  /** The replies to a message that are not deleted. Events do not tell of them. */
  const threadOf = (seq: number): { thread?: Thread } => {
    const replies = messages.filter(({ thread_seq, deleted_at }) => thread_seq === seq && !deleted_at)
    const last = replies.at(-1)
    return last ? { thread: { seq, replies: replies.length, last_at: last.created_at } } : {}
  }
  const present = ({ by, ...message }: Stored, own: boolean): Message => ({
    ...message,
    ...(own ? threadOf(message.seq) : {}),
    reactions: by.map(({ emoji, users }) => ({
      emoji,
      count: users.length,
      ...(own && users.includes(reader) ? { mine: true } : {}),
    })),
  })
  const unread = () =>
    messages.filter(
      ({ seq, author, deleted_at }) => seq > readSeq && author.username !== reader && !deleted_at,
    ).length
  const onlineNow = () => [...members.keys()].filter((name) => connected.has(name)).sort()

  /** Does the deed if it can be done, and answers the events it makes. */
  function act({ what, who, on, emoji, role }: Deed): RoomEvent[] {
    const seq = head + 1
    const base = { room: room.id, epoch: 'e1', seq, at: timeOf(seq), actor: who }
    const target = messages[on % Math.max(1, messages.length)]
    const living = target && !target.deleted_at ? target : undefined
    const done = (event: DurableEvent): RoomEvent[] => {
      head = seq
      return [event]
    }

    if (what === 'message.created' || (what === 'reply' && target)) {
      const message = {
        room: room.id,
        seq,
        author: author(who),
        content: `text ${seq}`,
        created_at: timeOf(seq),
        client_id: `c${seq}`,
        ...(what === 'reply' ? { reply_to: target!.seq, thread_seq: target!.thread_seq ?? target!.seq } : {}),
      }
      messages.push({ ...message, reactions: [], by: [] })
      return done({ ...base, type: 'message.created', message: present(messages.at(-1)!, false) })
    }
    if (what === 'message.edited' && living) {
      Object.assign(living, { content: `text ${seq}`, edited_at: at })
      return done({ ...base, type: what, message: present(living, false) })
    }
    if (what === 'message.deleted' && living) {
      const { edited_at: _, pinned: __, ...kept } = living
      const tombstone: Stored = { ...kept, content: '', deleted_at: at, by: [] }
      messages[messages.indexOf(living)] = tombstone
      const root = living.thread_seq
      const thread = root === undefined ? {} : { thread: threadOf(root).thread ?? { seq: root, replies: 0 } }
      return done({ ...base, type: what, message: present(tombstone, false), ...thread })
    }
    if (what === 'expired') {
      const oldest = messages.findIndex(({ deleted_at }) => !deleted_at)
      if (oldest < 0) return []
      for (const each of messages.splice(0, oldest + 1)) {
        const { edited_at: _, pinned: __, ...kept } = each
        const expired = each.deleted_at ? {} : { expired: true as const }
        gone.set(each.seq, { ...kept, ...expired, content: '', deleted_at: at, by: [] })
      }
      const last = [...gone.values()].at(-1)!
      const message = present(last, false)
      return done({ ...base, actor: last.author.username, type: 'message.deleted', message })
    }
    if (what === 'reaction.added' && living) {
      const entry = living.by.find((other) => other.emoji === emoji)
      if (entry?.users.includes(who)) return []
      if (entry) entry.users.push(who)
      else living.by.push({ emoji, users: [who] })
      return done({ ...base, type: what, target: living.seq, emoji })
    }
    if (what === 'reaction.removed' && living) {
      const entry = living.by.find((other) => other.emoji === emoji)
      if (!entry?.users.includes(who)) return []
      entry.users = entry.users.filter((user) => user !== who)
      living.by = living.by.filter(({ users }) => users.length > 0)
      return done({ ...base, type: what, target: living.seq, emoji })
    }
    if (what === 'pin.added' && living && !living.pinned) {
      living.pinned = true
      return done({ ...base, type: what, target: living.seq })
    }
    if (what === 'pin.removed' && living?.pinned) {
      delete living.pinned
      return done({ ...base, type: what, target: living.seq })
    }
    if (what === 'member.joined' && !members.has(who)) {
      members.set(who, 'member')
      const joined = done({ ...base, type: what, username: who, role: 'member' })
      return connected.has(who) ? [...joined, presence(who, true)] : joined
    }
    if (what === 'member.left' && who !== reader && members.has(who)) {
      const left = members.get(who)!
      members.delete(who)
      const gone = done({ ...base, type: what, username: who, role: left })
      return connected.has(who) ? [...gone, presence(who, false)] : gone
    }
    if (what === 'member.updated' && members.has(who) && members.get(who) !== role) {
      members.set(who, role)
      return done({ ...base, type: what, username: who, role })
    }
    if (what === 'room.updated') {
      const changes: RoomChange[] = [
        { title: `title ${seq}` },
        { archived: seq % 2 === 0 },
        { slow_seconds: seq % 60, posting: 'moderators' },
      ]
      const change = changes[on % changes.length]!
      changed = { ...changed, ...change }
      return done({ ...base, type: what, changed: change })
    }
    if (what === 'presence' && who !== reader) {
      const online = !connected.delete(who)
      if (online) connected.add(who)
      return members.has(who) ? [presence(who, online)] : []
    }
    if (what === 'read' && head > readSeq) {
      readSeq += 1 + (on % (head - readSeq))
      return [{ type: 'read.changed', room: room.id, read_seq: readSeq, unread: unread(), head }]
    }
    return []
  }

  const presence = (username: string, online: boolean): EphemeralEvent => ({
    type: 'presence.changed',
    room: room.id,
    [online ? 'online' : 'offline']: [username],
    count: onlineNow().length,
  })

  const listed = (): Room => ({
    ...room,
    ...changed,
    epoch: 'e1',
    head,
    created_at: at,
    last_at: timeOf(head),
    role: members.get(reader)!,
    read_seq: readSeq,
    unread: unread(),
  })

  return {
    act,
    head: () => head,
    hello: (): Hello => ({
      type: 'hello',
      user: { id: 'u-ben', username: reader, display_name: 'BEN', roles: ['user'], created_at: at },
      session: 's1',
      ping_interval_ms: 25_000,
      limits: defaultLimits,
      rooms: [listed()],
    }),
    /** The answer to a subscription, with the messages from `first` on. */
    subscribed: (first: number): Subscribed => ({
      room: room.id,
      epoch: 'e1',
      head,
      mode: 'live',
      messages: messages.filter(({ seq }) => seq >= first).map((message) => present(message, true)),
    }),
    page(before: number, limit: number): MessagePage & { head: number } {
      const found = messages.filter(({ seq }) => seq < before)
      const items = found.slice(-limit).map((message) => present(message, true))
      return { items, head, ...(found.length > items.length ? { next: items[0]!.seq } : {}) }
    },
    /** The whole thread of a message, as a page of it; undefined if there is no such message. */
    thread(seq: number): (ThreadPage & { head: number }) | undefined {
      const asked = messages.find((message) => message.seq === seq) ?? gone.get(seq)
      if (!asked) return undefined
      const first = asked.thread_seq ?? seq
      const root = messages.find((message) => message.seq === first) ?? gone.get(first)
      const items = messages.filter(({ thread_seq }) => thread_seq === first)
      return { root: present(root!, true), items: items.map((message) => present(message, true)), head }
    },
    members: (): Member[] =>
      [...members].map(([username, role]) => ({
        ...author(username),
        role,
        status: onlineNow().includes(username) ? 'online' : 'offline',
        joined_at: at,
      })),
    /** The same event as a replay may show it that looks at the message as it is now. */
    retold(event: DurableEvent): DurableEvent {
      if (event.type !== 'message.created' && event.type !== 'message.edited') return event
      const { seq } = event.message
      const now = messages.find((message) => message.seq === seq) ?? gone.get(seq)!
      const { reactions, pinned } = present(now, false)
      if (!now.deleted_at)
        return { ...event, message: { ...event.message, reactions, ...(pinned ? { pinned } : {}) } }
      return {
        ...event,
        message: { ...event.message, content: '', deleted_at: now.deleted_at, reactions: [] },
      }
    },
    /** Those that are gone count until a client has seen that its window begins with the history. */
    messageCountBefore(first: number): number {
      if (Math.max(0, ...gone.keys()) >= first) return 0
      return [...messages, ...gone.values()].filter(({ seq }) => seq < first).length
    },
  }
}
