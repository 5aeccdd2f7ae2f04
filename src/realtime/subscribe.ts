import type { Params } from '../protocol/commands.ts'
import { ChatError } from '../protocol/errors.ts'
import { recentMessages } from '../protocol/limits.ts'
import type { Connection } from './connection.ts'
import type { Feed } from './feed.ts'
import type { Numbered, Room } from './ports.ts'
import { Encoded } from './replies.ts'

const mostTries = 20
/** Longest page of a replay: a reply that fills the socket's buffer would look like a slow reader. */
const pageCharacters = 262_144

/**
 * Joins what is read from the database to what follows live, without gap or double. `prepare` may query; the function that
 * it returns runs in one tick, in which no event can be delivered. If that comes too late it returns undefined, and
 * `prepare` runs again. Membership may end in between, so the gate is passed again in the same tick.
 */
export async function joinFeed<Done>(
  connection: Connection,
  id: string,
  prepare: (feed: Feed) => Promise<() => Done | undefined>,
  found = connection.ports.gate(connection.scope, id),
): Promise<Done> {
  const { scope, ports, hub } = connection
  const room = await found
  const feed = await hub.retain(room)
  try {
    for (let tries = 0; tries < mostTries; tries++) {
      const finish = await prepare(feed)
      const still = ports.gate(scope, id)
      if (still instanceof Promise) {
        await still
        continue
      }
      if (still.key !== room.key) throw new ChatError('room_not_found')
      if (connection.isClosed) throw new ChatError('socket_closed')
      const done = finish()
      if (done !== undefined) return done
    }
    throw new ChatError('room_busy', { retryAfterMs: 500 })
  } finally {
    hub.release(feed)
  }
}

/** Listens again to what comes after `seq`, where it was interrupted: the client notices nothing. */
export async function resume(connection: Connection, room: Room, seq: number): Promise<void> {
  await joinFeed(connection, room.id, async (feed) => {
    if (feed.room.key !== room.key) throw new ChatError('room_not_found')
    if (feed.head() < seq) await feed.reached(seq)
    await feed.remember(seq)
    return () => {
      // The client has subscribed or unsubscribed meanwhile.
      if (!connection.resuming?.has(room.key)) return true
      const missed = feed.since(seq)
      // More than memory holds: the client comes back and asks for it in pages.
      if (!missed) throw new ChatError('room_busy', { retryAfterMs: 500 })
      connection.listen(feed, () => {
        for (const text of missed) connection.send(text)
      })
      sendPreviews(connection, feed, seq)
      return true
    }
  })
}

type SendReply = (reply: Encoded) => void

/**
 * Replies to `room.subscribe`: live, a replay of missed events, or a fresh start. The reply leaves in the same tick in
 * which the socket begins to listen: after a promise, a live event could overtake it.
 */
export function subscribe(
  connection: Connection,
  params: Params<'room.subscribe'>,
  reply: SendReply,
): true | Promise<true> {
  const { since, history } = params
  const { limits } = connection.scope.policy
  const found = connection.ports.gate(connection.scope, params.room)
  if (since && !(found instanceof Promise) && resumeAtOnce(connection, found, since, reply)) return true
  const prepare = async (feed: Feed) => {
    if (connection.rooms.size >= limits.rooms_per_socket && !connection.rooms.has(feed.room.key)) {
      throw new ChatError('too_many_rooms', { most: limits.rooms_per_socket })
    }
    if (since === undefined) return fresh(connection, feed, reply, 'live', history ?? 0)
    // The client may have read further elsewhere (over REST, on another node) than this node has delivered.
    if (since.epoch === feed.room.epoch && since.seq > feed.head()) {
      if (since.seq <= (await connection.ports.head(feed.room))) await feed.reached(since.seq)
    }
    const head = feed.head()
    const reachable =
      since.epoch === feed.room.epoch && since.seq <= head && head - since.seq <= limits.replay_events
    return reachable
      ? replay(connection, feed, reply, since.seq)
      : fresh(connection, feed, reply, 'reset', history ?? recentMessages)
  }
  return joinFeed(connection, params.room, prepare, found)
}

/**
 * For a client that was just away, where everything is in memory: after a restart that is every room of everybody, and the promises of
 * the whole way would cost most of it. False if something has to be read, or there is a reason to refuse: then the whole way says it.
 */
function resumeAtOnce(
  connection: Connection,
  room: Room,
  { epoch, seq }: NonNullable<Params<'room.subscribe'>['since']>,
  reply: SendReply,
): boolean {
  const { limits } = connection.scope.policy
  if (connection.isClosed || connection.rooms.size >= limits.rooms_per_socket) return false
  const feed = connection.hub.openFeedOf(room)
  if (!feed || epoch !== feed.room.epoch || seq > feed.head()) return false
  const events = feed.head() - seq <= limits.replay_events ? feed.since(seq) : undefined
  if (!events || events.length > limits.replay_page) return false
  return begin(connection, feed, reply, { mode: 'replay', head: feed.head(), events }, [], seq)
}

/** The newest messages as they are now, and everything after them live. */
async function fresh(
  connection: Connection,
  feed: Feed,
  reply: SendReply,
  mode: 'live' | 'reset',
  history: number,
) {
  const { scope, ports } = connection
  if (history === 0) return () => begin(connection, feed, reply, { mode, head: feed.head() })
  const { head, messages } = await ports.recent(scope, feed.room, history)
  await feed.reached(head)
  return () => {
    const later = feed.since(head)
    return later && begin(connection, feed, reply, { mode, head, messages }, later, head)
  }
}

/** Every event after `since`. If they are more than a page, the client subscribes again before it goes live. */
async function replay(connection: Connection, feed: Feed, reply: SendReply, since: number) {
  const { scope, ports } = connection
  const page = scope.policy.limits.replay_page
  await feed.remember(since)
  const inMemory = feed.since(since)
  if (inMemory && inMemory.length <= page) {
    return () => {
      const events = feed.since(since)
      return (
        events && begin(connection, feed, reply, { mode: 'replay', head: feed.head(), events }, [], since)
      )
    }
  }
  const { events: stored, broken } = await ports.replay(feed.room, since, page)
  // A replay has every event or is none.
  if (broken) return fresh(connection, feed, reply, 'reset', recentMessages)
  const read = firstOf(stored, pageCharacters)
  const last = read.at(-1)?.seq ?? since
  if ((read.length === page || read.length < stored.length) && last < feed.head()) {
    const events = read.map(({ text }) => text)
    return () => {
      reply(encodeFields(feed, { mode: 'replay', head: feed.head(), events, more: true }))
      return true as const
    }
  }
  return () => {
    // Stored events that this node has not delivered come live; those delivered since the query are in memory.
    const events = read.filter(({ seq }) => seq <= feed.head()).map(({ text }) => text)
    const later = feed.since(Math.min(last, feed.head()))
    return (
      later &&
      begin(
        connection,
        feed,
        reply,
        { mode: 'replay', head: feed.head(), events: [...events, ...later] },
        [],
        since,
      )
    )
  }
}

/** As many as fit, and at least one. */
function firstOf(events: Numbered[], mostCharacters: number): Numbered[] {
  let characters = 0
  const end = events.findIndex(({ text }, index) => {
    characters += text.length
    return index > 0 && characters > mostCharacters
  })
  return end < 0 ? events : events.slice(0, end)
}

type Fields = {
  mode: 'live' | 'replay' | 'reset'
  head: number
  events?: string[]
  messages?: unknown[]
  more?: true
}

/** Listens, replies, and sends what came after the page was read: in one tick, so that nothing is lost. */
function begin(
  connection: Connection,
  feed: Feed,
  reply: SendReply,
  fields: Fields,
  later: string[] = [],
  since?: number,
): true {
  connection.listen(feed, () => {
    reply(encodeFields(feed, fields))
    for (const text of later) connection.send(text)
  })
  if (since !== undefined) sendPreviews(connection, feed, since)
  return true
}

/** A preview comes some seconds after its message. So it may have come while nobody listened, to a message that the client has. */
const mayLack = 50

/** What live events have not said of previews, because they are not in the log. After the socket listens, so that nothing is between. */
export function sendPreviews(connection: Connection, feed: Feed, since: number): void {
  const { key } = feed.room
  connection.ports.previews(feed.room, Math.max(0, since - mayLack))?.then(
    (texts) => {
      for (const text of texts) if (connection.rooms.has(key)) connection.send(text)
    },
    (error: unknown) => connection.scope.log.warn('the previews of a room could not be read', { error }),
  )
}

function encodeFields({ room }: Feed, { mode, head, events, messages, more }: Fields): Encoded {
  const members = [
    `"room":${JSON.stringify(room.id)}`,
    `"epoch":${JSON.stringify(room.epoch)}`,
    `"head":${head}`,
    `"mode":"${mode}"`,
    ...(events ? [`"events":[${events.join(',')}]`] : []),
    ...(messages ? [`"messages":${JSON.stringify(messages)}`] : []),
    ...(more ? ['"more":true'] : []),
  ]
  return new Encoded(`{${members.join(',')}}`)
}
