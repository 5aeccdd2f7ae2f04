// Longer than 300 lines: one class has all that a socket may do, so that nobody else can release its rooms or write to it.
import type { ServerWebSocket } from 'bun'
import type { EndReason } from '../bus/bus.ts'
import { closeCodes } from '../protocol/close.ts'
import { ChatError } from '../protocol/errors.ts'
import { createRateLimit, type RateLimit } from '../rate.ts'
import { type CommandTable, isBanned, presentBan, type Scope } from '../scope.ts'
import type { Feed } from './feed.ts'
import { type CheckedCommand, readFrame } from './frames.ts'
import type { Hub, LiveConnection } from './hub.ts'
import { type Arrived, type Handler, Inbox, type Owner } from './inbox.ts'
import type { Identity, Ports, Room } from './ports.ts'
import { encodeError, encodeReply } from './replies.ts'
import { roomTopic, userTopic } from './topics.ts'
import { beginCommand } from './traced.ts'

type Socket = ServerWebSocket<unknown>

/** While more bytes than this are unread, the next command waits: its reply may be a long page. */
const mostUnread = 262_144
/** A reply of this length or more does not count when the sweep looks for slow readers. */
const longText = 65_536

/** A socket that cannot be greeted now comes back after a random wait of this length, not all at the same time. */
const leastHintMs = 1000
const spreadMs = 9000

const badFrameRate = { perSecond: 1, burst: 50 }
/** A client that goes on and on over its limits is closed: refusing costs something too. */
const refusalRate = { perSecond: 20, burst: 2000 }

/** What differs between the two kinds of socket. The door that makes a connection hands it over. */
export type Kind = {
  /** Sends the first frame. */
  greet(connection: Connection): Promise<void>
  /** The commands that are about the connection itself. */
  commands: Record<string, Handler | undefined>
  /** Listens to a room again after `seq`. Throws a ChatError if the user may not read it. */
  resume(connection: Connection, room: Room, seq: number): Promise<void>
  /** The room of a simple socket. */
  room?: string
}

/** One socket: its user, its inbox (one command at a time), its subscriptions. Bun's socket carries it as `data`. */
export class Connection implements LiveConnection, Owner {
  scope: Scope
  expiresAt: number
  /** The rooms that it listens to, by key. */
  readonly rooms = new Map<number, Feed>()
  /** Rooms that it is about to listen to again. Most connections never do. */
  resuming: Set<number> | undefined
  /** The last ping, on the monotonic clock, and whether anything has arrived since. */
  pingedAt = performance.now()
  aliveSincePing = true
  warnedOfExpiry = false
  /** Bytes of long replies, asked for by the client, that may still be unread. */
  longBytes = 0
  #onDrained: (() => void) | undefined
  #socket: Socket | undefined
  #replyTopic: string | undefined
  #closed = false
  /** Events for the user that arrived before the first frame had left. */
  #early: string[] | undefined = []
  /** Most connections never need them. */
  #badFrames: RateLimit | undefined
  #refusals: RateLimit | undefined
  readonly #inbox = new Inbox(this)

  constructor(
    readonly hub: Hub,
    readonly ports: Ports,
    identity: Identity,
    readonly kind: Kind,
  ) {
    this.scope = identity.scope
    this.expiresAt = identity.expiresAt
  }

  open(socket: Socket): void {
    this.#socket = socket
    this.hub.add(this)
    if (this.#closed) return
    const { limits, rateLimits } = this.scope.policy
    if (rateLimits && this.hub.countOf(this.scope.actor.id) > limits.sockets_per_user) {
      return this.close(closeCodes.too_many.code, 'too many sockets')
    }
    this.kind.greet(this).then(
      () => this.#begin(socket),
      (error) => this.#refuse(error),
    )
  }

  message(_socket: Socket, raw: string | Buffer): void {
    if (this.#closed) return
    this.aliveSincePing = true
    this.scope.metrics.framesIn.add()
    const arrived = readFrame(raw, this.kind.room)
    if (this.scope.traces && 'name' in arrived) beginCommand(this.scope.traces, arrived)
    this.#inbox.receive(this.hub.isDraining() ? refuse(arrived) : arrived)
  }

  pong(): void {
    this.aliveSincePing = true
  }

  drained(): void {
    this.#onDrained?.()
    this.#onDrained = undefined
  }

  closed(code: number): void {
    this.#closed = true
    this.drained()
    this.#inbox.drop()
    this.scope.metrics.socketsClosed.add(code)
    for (const key of [...this.rooms.keys()]) this.#release(key, { mayReturn: true })
    this.hub.remove(this)
  }

  send(text: string): void {
    if (this.#closed) return
    this.scope.metrics.framesOut.add()
    if (text.length > longText) this.longBytes += Buffer.byteLength(text)
    this.#socket?.send(text, false)
  }

  handlerOf({ name }: CheckedCommand): Handler | undefined {
    return this.kind.commands[name] ?? ((this.ports.commands as CommandTable)[name] as Handler | undefined)
  }

  permit({ name }: CheckedCommand): void {
    this.ports.permit(this.scope, name)
  }

  pause(): void {
    this.#socket?.pause?.()
  }

  resume(): void {
    this.#socket?.resume?.()
  }

  /**
   * Each socket gets its replies over a topic of its own: Bun writes published texts once per tick and socket, so that
   * the replies and events of one commit cost one system call. Subscribed at the first reply, because an idle socket
   * should cost little.
   */
  sendReply(text: string): void {
    if (this.#closed) return
    if (this.#replyTopic === undefined) {
      this.#replyTopic = this.hub.newTopic()
      this.#socket?.subscribe(this.#replyTopic)
    }
    this.scope.metrics.framesOut.add()
    if (text.length > longText) this.longBytes += Buffer.byteLength(text)
    this.hub.publish(this.#replyTopic, text)
  }

  whenDrained(): Promise<void> | undefined {
    if (this.bufferedBytes() <= mostUnread) return undefined
    return new Promise((resolve) => {
      this.#onDrained = resolve
    })
  }

  encode(arrived: Arrived, outcome: { data: unknown } | { error: unknown }): string {
    const { metrics, log } = this.scope
    const name = 'name' in arrived ? arrived.name : 'frame'
    if ('data' in outcome) {
      if ('name' in arrived) arrived.span?.end()
      metrics.commands.add(name, 'ok')
      return encodeReply(arrived.ref, outcome.data)
    }
    const { text, code } = encodeError(arrived.ref, outcome.error, log, name)
    metrics.commands.add(name, code)
    if ('name' in arrived)
      arrived.span?.end({
        attributes: { 'parley.refusal': code },
        error: code === 'internal' ? code : undefined,
      })
    if (!('name' in arrived)) {
      this.#badFrames ??= createRateLimit(badFrameRate)
      this.#count(this.#badFrames, 'too many broken frames')
    } else if (code === 'rate_limited') {
      this.#refusals ??= createRateLimit(refusalRate)
      this.#count(this.#refusals, 'too many commands over the limit')
    }
    return text
  }

  ping(text: string): void {
    this.pingedAt = performance.now()
    this.aliveSincePing = false
    // Nothing comes before the first frame; the ping of WebSocket itself is answered all the same.
    if (!this.#early) this.send(text)
    this.#socket?.ping()
  }

  bufferedBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0
  }

  isIdle(): boolean {
    return this.#inbox.isIdle()
  }

  close(code: number, reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket?.close(code, reason)
  }

  /** The session has ended: the socket gets the reason and nothing more. */
  end(reason: EndReason): void {
    const ban = reason === 'banned' ? presentBan(this.scope.actor) : {}
    this.send(JSON.stringify({ type: 'session.ending', reason, ...ban }))
    for (const key of [...this.rooms.keys()]) this.#release(key)
    this.#socket?.unsubscribe(userTopic(this.scope.actor.id))
    this.close(closeCodes.session_ended.code, reason)
  }

  /**
   * From this call on, the socket gets every event that the feed delivers. `first` sends what must come before them. The
   * connection keeps the feed open until it leaves the room.
   */
  listen(feed: Feed, first: () => void): void {
    const { key } = feed.room
    this.resuming?.delete(key)
    if (this.rooms.has(key)) return first()
    this.rooms.set(key, feed)
    feed.holders++
    this.#socket?.subscribe(roomTopic(key))
    first()
    this.ports.arrive(this.scope, feed.room)
  }

  leave(key: number): void {
    this.resuming?.delete(key)
    this.#release(key)
  }

  /** The user may no longer read the room. A simple socket is closed then, because it has no other. */
  loseRoom(key: number): void {
    if (!this.rooms.has(key)) return
    const since = performance.now()
    this.#release(key)
    this.#lost(key, since)
  }

  /** A member still, or the room is deleted: the verb says it if it has to be said. */
  #closeRoom(key: number): void {
    if (!this.rooms.has(key)) return
    this.#release(key)
    if (this.kind.room !== undefined) this.#sendOut()
  }

  #sendOut(): void {
    this.close(closeCodes.no_access.code, 'no access to this room')
  }

  async recheckRoom(key: number): Promise<void> {
    const feed = this.rooms.get(key)
    if (!feed) return
    const seq = feed.head()
    const since = performance.now()
    this.#release(key, { mayReturn: true })
    this.resuming ??= new Set()
    this.resuming.add(key)
    try {
      await this.kind.resume(this, feed.room, seq)
    } catch (error) {
      if (!this.resuming.delete(key)) return
      if (!(error instanceof ChatError) || error.code === 'unavailable') this.#sendAway('unavailable')
      else this.#lost(key, since)
    }
  }

  async recheck(): Promise<void> {
    try {
      await this.scope.recheck()
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'unauthenticated') throw error
      return this.end(this.#whyEnded())
    }
    await Promise.all(
      [...this.rooms].map(async ([key, { room }]) => {
        const now = await (async () => this.ports.gate(this.scope, room.id))().catch(refusal)
        if (now?.key === key || !this.rooms.has(key)) return
        this.loseRoom(key)
      }),
    )
  }

  /** The verb sends `room.closed`, or the hub if that is lost. */
  #lost(key: number, since: number): void {
    if (this.kind.room !== undefined) this.#sendOut()
    else this.hub.memberships.lose(this.scope.actor.id, key, this, since)
  }

  /** The user is in the room again that this socket has lost. It reconnects, and goes on where it was. */
  comeBackTo(key: number): void {
    if (!this.#closed && !this.rooms.has(key) && !this.resuming?.has(key)) this.#sendAway('unavailable')
  }

  async checkRoom(key: number): Promise<void> {
    const feed = this.rooms.get(key)
    if (!feed) return
    // Refusing asks the database, so that it takes as long for every room; until then this socket would hear what is written.
    if (this.ports.isLost(this.scope, feed.room.id)) return this.#closeRoom(key)
    try {
      const room = await this.ports.gate(this.scope, feed.room.id)
      if (room.key !== key) this.#closeRoom(key)
    } catch (error) {
      if (!(error instanceof ChatError)) return
      // The session is over: the socket hears nothing more, and closes when that is announced.
      if (error.code === 'unauthenticated') this.#release(key)
      else this.#closeRoom(key)
    }
  }

  async checkRooms(): Promise<void> {
    // Once, and not for each room. Whatever it says, the gate of each room says it too.
    await (async () => this.scope.recheck())().catch(() => {})
    await Promise.all([...this.rooms.keys()].map((key) => this.checkRoom(key)))
  }

  /** Of a session whose end was not heard. */
  #whyEnded(): EndReason {
    const { actor, limitedTo } = this.scope
    if (isBanned(this.scope, actor)) return 'banned'
    if (actor.deleted) return 'erased'
    return limitedTo ? 'revoked' : 'logged_out'
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** An event for all sockets of the user. The topic brings it; here it only waits for the first frame. */
  receiveForUser(text: string): void {
    this.#early?.push(text)
  }

  /** An event that not every socket of the user may get, so that no topic brings it. */
  receiveAlone(text: string): void {
    if (this.#early) this.#early.push(text)
    else this.send(text)
  }

  #begin(socket: Socket): void {
    if (this.#closed) return
    socket.subscribe(userTopic(this.scope.actor.id))
    for (const text of this.#early ?? []) this.send(text)
    this.#early = undefined
    this.#inbox.begin()
  }

  #release(key: number, { mayReturn } = { mayReturn: false }): void {
    const feed = this.rooms.get(key)
    if (!feed) return
    this.rooms.delete(key)
    this.#socket?.unsubscribe(roomTopic(key))
    this.hub.release(feed)
    this.ports.depart(this.scope, feed.room, mayReturn)
  }

  #count(limit: RateLimit, what: string): void {
    if (!this.scope.policy.rateLimits || limit.take('this socket') === undefined) return
    this.close(closeCodes.abuse.code, what)
  }

  #refuse(error: unknown): void {
    const { text, code } = encodeError(undefined, error, this.scope.log, 'greeting')
    this.send(text)
    if (code === 'unavailable' || code === 'internal') {
      return this.#sendAway(code)
    }
    this.close(closeCodes.no_access.code, code)
  }

  #sendAway(code: string): void {
    const hintMs = Math.round(leastHintMs + Math.random() * spreadMs)
    this.close(closeCodes.overloaded.code, `${code} retry_after_ms=${hintMs}`)
  }
}

/** Commands that arrive while the server stops get a refusal, so that the client sends them again elsewhere. */
function refuse({ ref }: Arrived): Arrived {
  const error = new ChatError('server_stopping', { retryAfterMs: 1000 })
  return { ...(ref === undefined ? {} : { ref }), error }
}

/** Undefined for a refusal; any other error says nothing about what the user may. */
function refusal(error: unknown): undefined {
  if (!(error instanceof ChatError) || error.code === 'unavailable') throw error
}
