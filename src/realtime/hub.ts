import { createBounded } from '../bounded.ts'
import type { EndReason, Note } from '../bus/bus.ts'
import { closeCodes } from '../protocol/close.ts'
import { mayActAsAdmin, type Scope, type Tools } from '../scope.ts'
import { createFeed, type Feed } from './feed.ts'
import type { Ports, Room } from './ports.ts'
import { roomTopic, userTopic } from './topics.ts'

const mostEnded = 1000

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

  tools.bus.subscribe(deliver)
  tools.bus.onGap(() => {
    for (const feed of feeds.values()) void feed.repair()
  })

  function deliver(note: Note): void {
    if (note.to === 'nodes') return applyChange(note.change)
    tools.metrics.eventsPublished.add()
    if (note.to === 'user') return deliverToUser(note)
    const feed = feeds.get(note.room)
    if (!feed) return
    if (note.seq === undefined) publish(roomTopic(note.room), note.text)
    else if (ports.isOwn(note)) feed.take(note.seq, note.text)
    else feed.hint(note.seq)
  }

  function deliverToUser({ user, text, admins }: Extract<Note, { to: 'user' }>): void {
    for (const connection of byUser.get(user) ?? []) {
      if (!admins) connection.receiveForUser(text)
      else if (mayActAsAdmin(connection.scope)) connection.receiveAlone(text)
    }
    if (!admins) publish(userTopic(user), text)
  }

  function applyChange(change: Extract<Note, { to: 'nodes' }>['change']): void {
    if (change.what === 'session') endSession(change.session, change.reason)
    if (change.what === 'member' && change.gone) {
      for (const connection of byUser.get(change.user) ?? []) connection.loseRoom(change.room)
    }
    if (change.what === 'room')
      for (const connection of listenersOf(change.room)) void connection.checkRoom(change.room)
    if (change.what === 'user')
      for (const connection of byUser.get(change.user) ?? []) void connection.checkRooms()
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
    if (own?.size === 0) byUser.delete(id)
    tools.metrics.socketsOpen.add(-1)
  }

  /** The feed of a room, opened, and kept open until `release`. */
  async function retain(room: Room): Promise<Feed> {
    let feed = feeds.get(room.key)
    if (!feed) {
      feed = createFeed(
        ports,
        room,
        (text) => publish(roomTopic(room.key), text),
        (error) => tools.log.warn('a room could not be read from the log; trying again', { error }),
      )
      feeds.set(room.key, feed)
    }
    feed.holders++
    try {
      await feed.opened
    } catch (error) {
      release(feed)
      if (feeds.get(room.key) === feed) feeds.delete(room.key)
      throw error
    }
    return feed
  }

  function release(feed: Feed): void {
    feed.holders--
    if (feed.holders > 0) return
    if (feeds.get(feed.room.key) === feed) feeds.delete(feed.room.key)
    feed.stop()
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
    release,
    dismissAll,
    /** From now on new commands are refused; those under way are finished. */
    drain: (): void => {
      draining = true
    },
    isDraining: (): boolean => draining,
    publish,
    newTopic: (): string => `replies:${++topics}`,
    all: (): Iterable<LiveConnection> => connections,
    countOf: (user: string): number => byUser.get(user)?.size ?? 0,
    size: (): number => connections.size,
    feeds: (): Iterable<Feed> => feeds.values(),
  }
}
