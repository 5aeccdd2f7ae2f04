import { createBounded } from '../bounded.ts'
import type { Change, EndReason, Note } from '../bus/bus.ts'
import { closeCodes } from '../protocol/close.ts'
import { applyChange, mayActAsAdmin, onChange, type Scope, type Tools } from '../scope.ts'
import { createFeed, type Feed } from './feed.ts'
import { createFollowed } from './followed.ts'
import { createMemberships } from './memberships.ts'
import type { Ports, Room } from './ports.ts'
import { roomTopic, userTopic } from './topics.ts'

const mostEnded = 1000
const ignore = (): void => undefined

/** What the hub and the sweep need of a connection. Declared here, so that a connection can know its hub. */
export type LiveConnection = {
  readonly scope: Scope
  /** The rooms that it listens to, by key. */
  readonly rooms: ReadonlyMap<number, Feed>
  readonly expiresAt: number
  readonly pingedAt: number
  readonly aliveSincePing: boolean
  warnedOfExpiry: boolean
  longBytes: number
  bufferedBytes(): number
  isIdle(): boolean
  send(text: string): void
  ping(text: string): void
  receiveForUser(text: string): void
  receiveAlone(text: string): void
  loseRoom(key: number): void
  /** Hears nothing more of a room at once, and goes on where it was if the user may still read it. */
  recheckRoom(key: number): Promise<void>
  /** The same for all its rooms and its session, which may have ended unheard. Rejects if that cannot be found out. */
  recheck(): Promise<void>
  checkRoom(key: number): Promise<void>
  checkRooms(): Promise<void>
  end(reason: EndReason): void
  close(code: number, reason: string): void
}

export type Hub = ReturnType<typeof createHub>

/** The live connections of this node, and what they listen to. Delivers what the bus brings. */
export function createHub(tools: Tools, ports: Ports, publish: (topic: string, text: string) => void) {
  const connections = new Set<LiveConnection>()
  const byUser = new Map<string, Set<LiveConnection>>()
  const feeds = new Map<number, Feed>()
  /** Sessions that ended recently: a socket may have been authenticated just before and arrive just after. */
  const ended = createBounded<string, EndReason>(mostEnded)
  let topics = 0
  let draining = false

  /** Nothing is delivered: whether people may still hear it could not be found out for too long. */
  let held = false
  const followed = tools.traces && createFollowed(tools.traces)

  const memberships = createMemberships(tools, ports)
  tools.bus.subscribe(deliver)
  onChange(tools, 'session', ({ session, reason }) => endSession(session, reason), { last: true })
  onChange(tools, 'member', checkMember, { last: true })
  onChange(tools, 'room', ({ room }) => checkListeners(room), { last: true })
  onChange(tools, 'user', ({ user }) => checkUser(user), { last: true })

  ports.onCommunity((community) => {
    const text = JSON.stringify({ type: 'community.changed', community })
    for (const connection of connections) connection.receiveAlone(text)
  })

  function deliver(note: Note, node: string | undefined): void {
    if (note.to === 'nodes') return
    tools.metrics.eventsPublished.add()
    if (held && note.to === 'user') memberships.miss(note)
    if (held && note.to !== 'log') return
    if (note.to === 'user') return deliverToUser(note, node ?? tools.bus.node)
    const feed = feeds.get(note.room)
    if (!feed) return
    if (note.to === 'room') return deliverToRoom(note, feed)
    const { room, seq, text, left } = note
    const isElsewhere = node !== tools.bus.node
    if (followed && note.traces !== undefined) followed.begin(note)
    if (text === undefined || !(isElsewhere || ports.isOwn(note))) return feed.hint(seq)
    // The writer of this node has announced its own before.
    if (left === undefined || !isElsewhere) return feed.take({ seq, text })
    feed.take({ seq, text, change: { what: 'member', room, user: left, gone: true } })
  }

  /** What is said of an entry comes after it, also where the entry has to be read from the log. */
  function deliverToRoom({ room, text, after }: Extract<Note, { to: 'room' }>, feed: Feed): void {
    if (after === undefined || feed.head() >= after) return publish(roomTopic(room), text)
    void feed.reached(after).then(() => {
      if (feeds.get(room) === feed && !held) publish(roomTopic(room), text)
    }, ignore)
  }

  function deliverToUser(note: Extract<Note, { to: 'user' }>, node: string): void {
    if (!memberships.hear(note, node)) return
    const { user, text, admins } = note
    for (const connection of byUser.get(user) ?? []) {
      if (!admins) connection.receiveForUser(text)
      else if (mayActAsAdmin(connection.scope)) connection.receiveAlone(text)
    }
    if (!admins) publish(userTopic(user), text)
  }

  function checkMember({ room, user, gone }: Extract<Change, { what: 'member' }>, elsewhere: boolean): void {
    if (!gone) return
    for (const connection of byUser.get(user) ?? []) {
      if (elsewhere) void connection.recheckRoom(room)
      else connection.loseRoom(room)
    }
  }

  function checkListeners(room: number): void {
    for (const connection of listenersOf(room)) void connection.checkRoom(room)
  }

  function checkUser(user: string): void {
    for (const connection of byUser.get(user) ?? []) void connection.checkRooms()
  }

  const listenersOf = (room: number): LiveConnection[] =>
    feeds.has(room) ? [...connections].filter((connection) => connection.rooms.has(room)) : []

  function endSession(session: string, reason: EndReason): void {
    ended.set(session, reason)
    for (const connection of [...connections]) {
      if (connection.scope.session === session) connection.end(reason)
    }
  }

  function add(connection: LiveConnection): void {
    connections.add(connection)
    const { id } = connection.scope.actor
    const own = byUser.get(id) ?? new Set()
    byUser.set(id, own.add(connection))
    tools.metrics.socketsOpen.add(1)
    tools.metrics.socketsOpened.add()
    const reason = ended.get(connection.scope.session)
    if (reason) connection.end(reason)
  }

  function remove(connection: LiveConnection): void {
    if (!connections.delete(connection)) return
    const { id } = connection.scope.actor
    const own = byUser.get(id)
    own?.delete(connection)
    if (own?.size === 0) {
      byUser.delete(id)
      memberships.forget(id)
    }
    tools.metrics.socketsOpen.add(-1)
  }

  /** The feed of a room, opened, and kept open until `release`. */
  async function retain(room: Room): Promise<Feed> {
    let feed = feeds.get(room.key)
    if (!feed) {
      feed = openFeed(room)
      feeds.set(room.key, feed)
    }
    feed.holders++
    try {
      await feed.opened
    } catch (error) {
      release(feed)
      forget(feed)
      throw error
    }
    return feed
  }

  /** The feed of a room, if it is open already. */
  function openFeedOf({ key }: Room): Feed | undefined {
    const feed = feeds.get(key)
    return feed && feed.head() >= 0 ? feed : undefined
  }

  const openFeed = (room: Room): Feed =>
    createFeed(ports, room, {
      deliver: (text, seq) => {
        const sent = followed?.deliver(room.key, seq)
        publish(roomTopic(room.key), text)
        sent?.(feeds.get(room.key)?.holders ?? 0)
        ports.delivered(room, text)
      },
      onFailure: (error) => tools.log.warn('a room could not be read from the log; trying again', { error }),
      apply: (change) => applyChange(tools, change),
      listen: () => tools.bus.listen(room.key),
      isHeld: () => held,
      opened: () => {
        if (tools.bus.others().size > 0) ports.forget(room)
      },
    })

  function release(feed: Feed): void {
    feed.holders--
    if (feed.holders > 0) return
    forget(feed)
    feed.stop()
  }

  function forget({ room }: Feed): void {
    if (feeds.get(room.key)?.room !== room) return
    feeds.delete(room.key)
    tools.bus.ignore(room.key)
  }

  /** With `false`, what was not delivered is read from the log. */
  function hold(isHeld: boolean): void {
    if (held === isHeld) return
    held = isHeld
    if (!held) for (const feed of feeds.values()) void feed.repair()
  }

  /** Closes every socket with a hint when to reconnect, spread over a time so that they do not return all at once. */
  function dismissAll(spreadMs: number): void {
    for (const connection of [...connections]) {
      const hintMs = Math.round(500 + Math.random() * spreadMs)
      connection.close(closeCodes.restarting.code, `restarting retry_after_ms=${hintMs}`)
    }
  }

  return {
    add,
    remove,
    retain,
    openFeedOf,
    release,
    dismissAll,
    hold,
    /** From now on new commands are refused; those under way are finished. */
    drain: (): void => {
      draining = true
    },
    isDraining: (): boolean => draining,
    publish,
    memberships,
    newTopic: (): string => `replies:${++topics}`,
    all: (): Iterable<LiveConnection> => connections,
    countOf: (user: string): number => byUser.get(user)?.size ?? 0,
    size: (): number => connections.size,
    feeds: (): Iterable<Feed> => feeds.values(),
  }
}
