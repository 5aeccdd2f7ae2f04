import type { ServerWebSocket } from 'bun'
import type { EndReason } from '../bus/bus.ts'
import { closeCodes } from '../protocol/close.ts'
import { ChatError } from '../protocol/errors.ts'
import { createRateLimit } from '../rate.ts'
import type { Scope } from '../scope.ts'
import type { Feed } from './feed.ts'
import { readFrame } from './frames.ts'
import type { Hub, LiveConnection } from './hub.ts'
import { type Arrived, createInbox, type Handler } from './inbox.ts'
import type { Identity, Ports } from './ports.ts'
import { encodeError, encodeReply } from './replies.ts'
import { roomTopic, userTopic } from './topics.ts'

type Socket = ServerWebSocket<unknown>

/** With more than this unread, the next command waits: its answer may be a long page. */
const mostUnread = 262_144
/** An answer from this length on is not held against its reader. */
const longText = 65_536

const badFrames = { perSecond: 1, burst: 50 }

/** What differs between the two kinds of socket. The door that makes a connection hands it over. */
export type Kind = {
  /** Sends the first frame. */
  greet(connection: Connection): Promise<void>
  /** The commands that are about the connection itself. */
  commands(connection: Connection): Record<string, Handler | undefined>
  /** The room of a simple socket. */
  room?: string
}

/** One socket: its user, its inbox (one command at a time), its subscriptions. Bun calls it as the socket's data. */
export class Connection implements LiveConnection {
  scope: Scope
  expiresAt: number
  /** The rooms it listens to, by key. */
  readonly rooms = new Map<number, Feed>()
  /** When it was last pinged, on the monotonic clock, and whether it has shown a sign of life since. */
  pingedAt = performance.now()
  aliveSincePing = true
  warnedOfExpiry = false
  /** Bytes of long answers, asked for by the client, that may still be unread. */
  longBytes = 0
  #whenDrained: (() => void) | undefined
  #socket: Socket | undefined
  #answerTopic: string | undefined
  #closed = false
  /** What was told to the user before the first frame had left. */
  #early: string[] | undefined = []
  readonly #faults = createRateLimit(badFrames)
  readonly #inbox

  constructor(
    readonly hub: Hub,
    readonly ports: Ports,
    identity: Identity,
    readonly kind: Kind,
  ) {
    this.scope = identity.scope
    this.expiresAt = identity.expiresAt
    const own = kind.commands(this)
    this.#inbox = createInbox({
      scope: () => this.scope,
      handlerOf: ({ name }) => own[name] ?? (ports.commands[name] as Handler | undefined),
      permit: ({ name }) => ports.permit(this.scope, name),
      answer: (arrived, outcome) => this.#answer(arrived, outcome),
      send: (text) => this.#sendAnswer(text),
      pause: () => this.#socket?.pause?.(),
      resume: () => this.#socket?.resume?.(),
      drained: () => this.#awaitDrain(),
    })
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
    this.#inbox.receive(this.hub.isDraining() ? refuse(arrived) : arrived)
  }

  pong(): void {
    this.aliveSincePing = true
  }

  drained(): void {
    this.#whenDrained?.()
    this.#whenDrained = undefined
  }

  closed(code: number): void {
    this.#closed = true
    this.drained()
    this.#inbox.drop()
    this.scope.metrics.socketsClosed.add(code)
    for (const key of [...this.rooms.keys()]) this.#letGo(key)
    this.hub.remove(this)
  }

  send(text: string): void {
    if (this.#closed) return
    this.scope.metrics.framesOut.add()
    if (text.length > longText) this.longBytes += Buffer.byteLength(text)
    this.#socket?.send(text, false)
  }

  ping(text: string): void {
    this.pingedAt = performance.now()
    this.aliveSincePing = false
    this.send(text)
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

  /** The session is over: silent from here on, and told why. */
  end(reason: EndReason): void {
    this.send(JSON.stringify({ type: 'session.ending', reason }))
    for (const key of [...this.rooms.keys()]) this.#letGo(key)
    this.#socket?.unsubscribe(userTopic(this.scope.actor.id))
    this.close(closeCodes.session_ended.code, reason)
  }

  /**
   * From this call on, every event the feed delivers reaches the socket, which hears `first` before any of them. The
   * feed stays held by the connection.
   */
  listen(feed: Feed, first: () => void): void {
    const { key } = feed.room
    if (this.rooms.has(key)) return first()
    this.rooms.set(key, feed)
    feed.held++
    this.#socket?.subscribe(roomTopic(key))
    first()
    this.ports.arrive(this.scope, feed.room)
  }

  leave(key: number): void {
    this.#letGo(key)
  }

  /** The right to hear a room is gone. On a simple socket nothing is left then. */
  loseRoom(key: number): void {
    const feed = this.rooms.get(key)
    if (!feed) return
    this.#letGo(key)
    if (this.kind.room !== undefined) this.close(closeCodes.no_access.code, 'no access to this room')
  }

  async checkRoom(key: number): Promise<void> {
    const feed = this.rooms.get(key)
    if (!feed) return
    try {
      const room = await this.ports.gate(this.scope, feed.room.id)
      if (room.key !== key) this.loseRoom(key)
    } catch (error) {
      if (error instanceof ChatError) this.loseRoom(key)
    }
  }

  async checkRooms(): Promise<void> {
    await Promise.all([...this.rooms.keys()].map((key) => this.checkRoom(key)))
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Kept while the first frame is being prepared, which it must not overtake; later the topic brings it. */
  hearOfUser(text: string): void {
    this.#early?.push(text)
  }

  /** What not every socket of the user may hear, and no topic brings. */
  hearAlone(text: string): void {
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

  #letGo(key: number): void {
    const feed = this.rooms.get(key)
    if (!feed) return
    this.rooms.delete(key)
    this.#socket?.unsubscribe(roomTopic(key))
    this.hub.letGo(feed)
    this.ports.depart(this.scope, feed.room)
  }

  /**
   * Answers go out over a topic of the socket's own: Bun writes what it publishes once a tick and socket, so that the
   * answers and the events of one commit cost one system call. Subscribed late: an idle socket should cost little.
   */
  #sendAnswer(text: string): void {
    if (this.#closed) return
    if (this.#answerTopic === undefined) {
      this.#answerTopic = this.hub.newTopic()
      this.#socket?.subscribe(this.#answerTopic)
    }
    this.scope.metrics.framesOut.add()
    if (text.length > longText) this.longBytes += Buffer.byteLength(text)
    this.hub.publish(this.#answerTopic, text)
  }

  #awaitDrain(): Promise<void> | undefined {
    if (this.bufferedBytes() <= mostUnread) return undefined
    return new Promise((resolve) => {
      this.#whenDrained = resolve
    })
  }

  #answer(arrived: Arrived, outcome: { data: unknown } | { error: unknown }): string {
    const { metrics, log } = this.scope
    const name = 'name' in arrived ? arrived.name : 'frame'
    if ('data' in outcome) {
      metrics.commands.add(name, 'ok')
      return encodeReply(arrived.ref, outcome.data)
    }
    const { text, code } = encodeError(arrived.ref, outcome.error, log, name)
    metrics.commands.add(name, code)
    if (!('name' in arrived)) this.#countFault()
    return text
  }

  #countFault(): void {
    if (!this.scope.policy.rateLimits || this.#faults.take('frames') === undefined) return
    this.close(closeCodes.abuse.code, 'too many broken frames')
  }

  #refuse(error: unknown): void {
    const { text, code } = encodeError(undefined, error, this.scope.log, 'greeting')
    this.send(text)
    if (code === 'unavailable' || code === 'internal') this.close(closeCodes.overloaded.code, code)
    else this.close(closeCodes.no_access.code, code)
  }
}

/** What comes while the server stops is answered too, so that its sender knows to say it again elsewhere. */
function refuse({ ref }: Arrived): Arrived {
  const error = new ChatError('unavailable', 'The server is stopping.', { retryAfterMs: 1000 })
  return { ...(ref === undefined ? {} : { ref }), error }
}
