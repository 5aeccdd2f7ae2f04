import type { Answer } from '../protocol/answers.ts'
import type { CommandName, Params } from '../protocol/commands.ts'
import type { Hello, Ping } from '../protocol/frames.ts'
import type { Message } from '../protocol/messages.ts'
import type { Room } from '../protocol/rooms.ts'
import { isEvent } from './apply.ts'
import { applyHello } from './apply-fetched.ts'
import { logOut } from './auth.ts'
import { createBackoff } from './backoff.ts'
import { createConnection, type Frame } from './connection.ts'
import { createDial, ownSocketMaker } from './dial.ts'
import { disconnected, ended, isUnauthenticated, isWished, RequestError } from './errors.ts'
import { createHistory } from './history.ts'
import { createListeners, type EventStream, type Listeners } from './listeners.ts'
import { createMembers } from './members.ts'
import { createOpenRoom, type OpenOptions } from './open-room.ts'
import type { ClientOptions } from './options.ts'
import { createOutbox, type SendOptions } from './outbox.ts'
import { createReadiness } from './readiness.ts'
import { createReads } from './reads.ts'
import { afterEnding } from './reconnect-policy.ts'
import { createRenewal } from './renewal.ts'
import { createRequests, type RequestOptions } from './requests.ts'
import { createRest, type Rest } from './rest.ts'
import { createRoom, type RoomHandle, type RoomParts } from './room.ts'
import { createRooms, type RoomLists } from './rooms.ts'
import { type ClientEvent, roomOf, type State, type Status } from './state.ts'
import { createStore } from './store.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createTyping } from './typing.ts'
import type { Abortable } from './waiting.ts'
import { createWake, onWake } from './wake.ts'

/** One person's live view of the server. It reconnects by itself and goes on where it stood. */
export type Client = Disposable &
  RoomLists & {
    /** Immutable: a change makes a new one. */
    readonly state: State
    /** Told after every change, with the newest state. Answers how to stop. */
    subscribe(listener: (state: State) => void): () => void
    /**
     * Connects, and keeps connecting until `close` or until the session has ended. Cuts a wait short. Throws
     * `unsupported` where there is no WebSocket.
     */
    connect(): void
    /** Disconnects; streams end, and waits reject with `disconnected`. `connect` takes up what was left. `using` calls it. */
    close(): void
    /**
     * Resolves when the client is online. Rejects with `unauthenticated` or `forbidden` when it has ended, with
     * `disconnected` when it does not even try: before `connect`, after `close`.
     */
    ready(options?: Abortable): Promise<void>
    /** All that can be done with one room. */
    room(room: string): RoomHandle
    /**
     * One command. Rejects with a `RequestError`: a code of the server, `timeout` (10 s) or `disconnected`. Not repeated by
     * itself: after these two it may have happened or not.
     */
    request<Name extends CommandName>(
      name: Name,
      params: Params<Name>,
      options?: RequestOptions,
    ): Promise<Answer<Name>>
    /** One request over HTTP as the same user. */
    rest: Rest
    /**
     * Makes a room live, with its last messages (50), and keeps it so over every reconnection. Resolves when it is
     * first level with the server; rejects when the server refuses it. Asked again with more `history`, it pages back.
     */
    openRoom(room: string, options?: OpenOptions): Promise<void>
    /** The opposite of `openRoom`: its events stop, membership stays. */
    closeRoom(room: string): void
    /** Becomes a member; the room then stands in `state.rooms`. */
    joinRoom(room: string): Promise<void>
    /** Ends the membership; the room leaves `state.rooms`. */
    leaveRoom(room: string): Promise<void>
    /** Fetches who is in a room, into its `members` and `online`; events keep them up to date from then on. */
    loadMembers(room: string): Promise<void>
    /**
     * The next page (100) of them, for rooms of thousands; `anew` begins with the first. Answers whether there are more, which
     * `members_after` says too.
     */
    moreMembers(room: string, options?: { anew?: boolean }): Promise<boolean>
    /** Shows the message at once as pending, and sends it until it is stored or refused. Answers its `client_id`. */
    send(room: string, content: string, options?: SendOptions): string
    retry(clientId: string): void
    discard(clientId: string): void
    /** Puts the page before the oldest message (50) into the state. Answers whether there is more before it. */
    older(room: string, limit?: number): Promise<boolean>
    /**
     * Finds a message by its seq, wherever in the log: if it is not in the state, it comes with those before and after it (50
     * each), as the room's `excerpt`. While there is one, `older` pages back from it.
     */
    around(room: string, seq: number, limit?: number): Promise<Message | undefined>
    /** Puts the page after the excerpt (50) into the state, until it meets the window. Answers whether there is an excerpt still. */
    newer(room: string, limit?: number): Promise<boolean>
    setNotify(room: string, level: NonNullable<Room['notify']>): Promise<void>
    /** Lets the excerpt go. */
    toLatest(room: string): void
    /** Brings one message into the room's `cited`, unless it is in the state already: what an answer answers. */
    cite(room: string, seq: number): Promise<void>
    /** Up to `seq`, or all. */
    markRead(room: string, seq?: number): void
    /** Call it on every key press; the room is told at most every 3 s. */
    typing(room: string): void
    /** Hears events of a type (`*`: all) after the state has them, each once. Answers how to stop. */
    on: Listeners['on']
    /**
     * All events of open rooms and one's own, from now on, each once. Ends with `close`; throws what ended the session, and
     * `gone` to a reader that falls 10,000 behind.
     */
    events(options?: Abortable): EventStream
    /** Ends the session on the server and this client with it; what is unsent is forgotten. */
    logOut(): Promise<void>
    /**
     * Ends the account for ever, and this client with it. What it has written stays, as by a deleted user, or is deleted too.
     * Rejects with `conflict` for the last administrator.
     */
    eraseAccount(options?: { messages?: 'keep' | 'delete' }): Promise<void>
  }

export function createClient(options: ClientOptions): Client {
  const { session } = options
  const url = options.url.replace(/\/+$/, '')
  const ask = options.fetch ? { fetch: options.fetch } : {}
  const maker = options.WebSocket ? { made: options.WebSocket } : {}
  const store = createStore()
  const listeners = createListeners()
  let stopWaking = () => {}

  const setStatus = (status: Status) =>
    store.update((state) => (state.status === status ? state : { ...state, status }))

  const stop = (why: RequestError) => {
    stopWaking()
    renewal.stop()
    typing.stop()
    connection.close()
    requests.abandon()
    subscriptions.abandon(why)
    outbox.abandon(why)
    readiness.abandon(why)
  }
  const end = (endedBecause: string) => {
    if (store.get().status === 'ended') return
    const why = ended(endedBecause)
    stop(why)
    store.update((state) => ({ ...state, status: 'ended', endedBecause }))
    listeners.finish(isWished(endedBecause) ? {} : { error: why })
  }
  const refused = () => end('not_authenticated')

  /** A socket outlives its token only if it is shown the new one; in cookie mode it is closed and comes back. */
  const renewed = () => {
    const token = session.token()
    if (token !== undefined && connection.isLive())
      requests.request('session.renew', { token }).catch(() => {})
  }

  const renewal = createRenewal({ session, door: { url, ...ask }, renewed, ended: refused })
  const rest = createRest({ url, ...ask, session, ended: refused, renewed: () => renewal.done() })
  const connection = createConnection({
    dial: createDial({ url, session, rest, renewal, ...maker }),
    backoff: createBackoff(options.backoff),
    trying: () => setStatus(store.get().status === 'online' ? 'online' : 'connecting'),
    waiting: () => setStatus('offline'),
    lost(ending) {
      requests.abandon()
      return afterEnding(ending, {
        rest,
        renewal,
        session,
        end,
        isEnded: () => store.get().status === 'ended',
      })
    },
    hear,
  })
  const requests = createRequests(connection.send)
  const isLive = connection.isLive
  const rooms = createRooms({ store, requests, rest })
  const tell = (event: ClientEvent) => {
    if (event.type === 'message.created' && event.message.client_id) outbox.arrived(event.message.client_id)
    if (event.type === 'typing.changed') typing.heard(event)
    listeners.tell(event)
  }
  const subscriptions = createSubscriptions({
    store,
    requests,
    isLive,
    tell,
    introduce: rooms.introduce,
    synced: rooms.loadPresence,
  })
  const outbox = createOutbox({
    store,
    requests,
    isLive,
    ...(options.storage ? { storage: options.storage } : {}),
  })
  const readiness = createReadiness(store, connection.isWanted)
  const reads = createReads(store, requests)
  const history = createHistory(store, requests, subscriptions)
  const members = createMembers({ store, rest, record: subscriptions.record })
  const typing = createTyping(store, (room) => connection.send({ type: 'typing.start', room }))

  function hear(frame: Frame) {
    if (frame.type === 'hello') return greeted(frame as unknown as Hello)
    if (frame.type === 'reply' || frame.type === 'error') return void requests.settle(frame)
    if (frame.type === 'ping') return subscriptions.ping(frame as unknown as Ping)
    if (isEvent(frame)) subscriptions.event(frame)
  }

  function greeted(hello: Hello) {
    const { me } = store.get()
    // The cookie may have become another's in a tab beside: what waits here is not theirs to say.
    if (me && me.id !== hello.user.id) return end('somebody_else')
    store.update((state) => applyHello(state, hello))
    renewal.schedule()
    subscriptions.resume()
    outbox.resume()
    reads.resume()
  }

  const close = () => {
    stop(disconnected())
    if (store.get().status !== 'ended') setStatus('offline')
    listeners.finish()
  }

  /** First our own end: the server closes the sockets of a session that ends with a code that tells another story. */
  const depart = async (why: string, ask: () => Promise<unknown>) => {
    connection.close()
    requests.abandon()
    try {
      await ask()
    } catch (error) {
      if (store.get().status !== 'ended') connection.open()
      throw error
    }
    outbox.discardAll()
    end(why)
  }

  const parts: RoomParts = {
    store,
    request: requests.request,
    ready: readiness.wait,
    rooms,
    members,
    history,
    reads,
    typing,
    outbox,
    listeners,
    open: createOpenRoom(store, subscriptions, history),
    close(room) {
      subscriptions.close(room)
      listeners.finish({ room })
    },
  }

  const client: Client = {
    get state() {
      return store.get()
    },
    subscribe: store.subscribe,
    connect() {
      if (store.get().status === 'ended') return
      if (!options.WebSocket) ownSocketMaker()
      stopWaking()
      stopWaking = onWake(createWake(connection, requests))
      connection.open()
      connection.hurry()
    },
    close,
    [Symbol.dispose]: close,
    ready: readiness.wait,
    room: (id) => createRoom(id, parts),
    request: requests.request,
    rest,
    openRoom: parts.open,
    closeRoom: parts.close,
    joinRoom: rooms.join,
    leaveRoom: rooms.leave,
    ...rooms.lists,
    setNotify: rooms.setNotify,
    loadMembers: members.load,
    moreMembers: (room, { anew } = {}) => members.more(room, anew),
    send(room, content, sending) {
      if (!roomOf(store.get(), room)) throw new RequestError('not_found', 'Not in this room')
      return outbox.send(room, content, sending).client_id
    },
    retry: (clientId) => void outbox.retry(clientId),
    discard: outbox.discard,
    older: history.older,
    around: history.around,
    newer: history.newer,
    toLatest: history.toLatest,
    cite: history.cite,
    markRead: reads.mark,
    typing: typing.tell,
    on: listeners.on,
    events: listeners.stream,
    logOut: () =>
      depart('signed_out', () =>
        logOut(rest).catch((error) => {
          if (!isUnauthenticated(error)) throw error
        }),
      ),
    eraseAccount: ({ messages = 'keep' } = {}) =>
      depart('erased', () => rest('DELETE', '/users/me', { messages })),
  }
  return client
}
