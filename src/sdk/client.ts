import type { CommandName } from '../protocol/commands.ts'
import type { Hello, Ping } from '../protocol/frames.ts'
import type { Room } from '../protocol/rooms.ts'
import { isEvent } from './apply.ts'
import { logOut } from './auth.ts'
import { type BackoffOptions, createBackoff } from './backoff.ts'
import { createConnection, type Frame } from './connection.ts'
import { createDial } from './dial.ts'
import type { Drafts } from './drafts.ts'
import { isUnauthenticated } from './errors.ts'
import { createHistory } from './history.ts'
import { createListeners, type Listeners } from './listeners.ts'
import { afterEnding } from './lost.ts'
import { applyHello } from './merge.ts'
import { createOutbox, type SendOptions } from './outbox.ts'
import { createReads } from './reads.ts'
import { createRenewal } from './renewal.ts'
import { type Answer, createRequests, type ParamsOf, type RequestOptions } from './requests.ts'
import { createRest, type Rest } from './rest.ts'
import { createRooms } from './rooms.ts'
import type { Fetch, Session } from './session.ts'
import type { SocketMaker } from './socket.ts'
import { type ClientEvent, roomOf, type State, type Status } from './state.ts'
import { createStore } from './store.ts'
import { createSubscriptions, type OpenOptions } from './subscriptions.ts'
import { createTyping } from './typing.ts'
import { onWake } from './wakeful.ts'

export type ClientOptions = {
  /** Of the server, without a path: `https://chat.example`; a page says `location.origin`. */
  url: string
  session: Session
  fetch?: Fetch
  WebSocket?: SocketMaker
  /** Keeps unsent messages over a reload. */
  storage?: Drafts
  backoff?: BackoffOptions
}

export type Client = {
  /** Immutable: a change makes a new one. */
  readonly state: State
  subscribe(listener: (state: State) => void): () => void
  /** Connects, and keeps connecting until `close` or until the session has ended. Cuts a wait short. */
  connect(): void
  close(): void
  /** One command. Rejects with a `RequestError`: a code of the server, `timeout` (10 s) or `disconnected`. */
  request<Name extends CommandName>(
    name: Name,
    params: ParamsOf<Name>,
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
  /** All rooms one may see (GET /rooms), joined or not; titles and descriptions of joined ones enter the state. */
  loadRooms(): Promise<Room[]>
  /** Fetches who is in a room, into its `members` and `online`; events keep them up to date from then on. */
  loadMembers(room: string): Promise<void>
  /** Shows the message at once as pending, and sends it until it is stored or refused. Answers its `client_id`. */
  send(room: string, content: string, options?: SendOptions): string
  retry(clientId: string): void
  discard(clientId: string): void
  /** Puts the page before the oldest message (50) into the state. Answers whether there is more before it. */
  older(room: string, limit?: number): Promise<boolean>
  /** Up to `seq`, or all. */
  markRead(room: string, seq?: number): void
  /** Call it on every key press; the room is told at most every 3 s. */
  typing(room: string): void
  /** Hears events of a type (`*`: all) after the state has them, each once. Answers how to stop. */
  on: Listeners['on']
  /** All events, as they come. Ends with `close`, or when its reader falls 10,000 behind. */
  events(): AsyncIterableIterator<ClientEvent>
  /** Ends the session on the server and this client with it. */
  logOut(): Promise<void>
}

export function createClient(options: ClientOptions): Client {
  const { session } = options
  const url = options.url.replace(/\/+$/, '')
  const ask = options.fetch ? { fetch: options.fetch } : {}
  const store = createStore()
  const listeners = createListeners()
  let stopWaking = () => {}

  const setStatus = (status: Status) =>
    store.update((state) => (state.status === status ? state : { ...state, status }))

  const stop = () => {
    stopWaking()
    renewal.stop()
    typing.stop()
    connection.close()
    requests.abandon()
  }
  const end = (endedBecause: string) => {
    if (store.get().status === 'ended') return
    stop()
    store.update((state) => ({ ...state, status: 'ended', endedBecause }))
    listeners.finish()
  }
  const ended = () => end('not_authenticated')

  /** A socket outlives its token only if it is shown the new one; in cookie mode it is closed and comes back. */
  const renewed = () => {
    const token = session.token()
    if (token !== undefined && connection.isLive())
      requests.request('session.renew', { token }).catch(() => {})
  }

  const renewal = createRenewal({ session, door: { url, ...ask }, renewed, ended })
  const rest = createRest({ url, ...ask, session, ended, renewed: () => renewal.done() })
  const connection = createConnection({
    dial: createDial({
      url,
      session,
      rest,
      renewal,
      ...(options.WebSocket ? { made: options.WebSocket } : {}),
    }),
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
  const reads = createReads(store, requests)
  const history = createHistory(store, requests, subscriptions)
  const typing = createTyping(store, (room) => connection.send({ type: 'typing.start', room }))

  function hear(frame: Frame) {
    if (frame.type === 'hello') return greeted(frame as unknown as Hello)
    if (frame.type === 'reply' || frame.type === 'error') return void requests.settle(frame)
    if (frame.type === 'ping') return subscriptions.ping(frame as unknown as Ping)
    if (isEvent(frame)) subscriptions.event(frame)
  }

  function greeted(hello: Hello) {
    store.update((state) => applyHello(state, hello))
    renewal.schedule()
    subscriptions.resume()
    outbox.resume()
    reads.resume()
  }

  /** After a sleep or a change of network a socket may look open and be dead. */
  const wake = () => {
    if (!connection.isLive()) return connection.hurry()
    requests.request('ping', {}, { timeoutMs: 5_000 }).catch((error) => {
      if (error.code === 'timeout') connection.drop()
    })
  }

  return {
    get state() {
      return store.get()
    },
    subscribe: store.subscribe,
    connect() {
      if (store.get().status === 'ended') return
      stopWaking()
      stopWaking = onWake(wake)
      connection.open()
      connection.hurry()
    },
    close() {
      stop()
      if (store.get().status !== 'ended') setStatus('offline')
      listeners.finish()
    },
    request: requests.request,
    rest,
    async openRoom(room, opening = {}) {
      await subscriptions.open(room, opening)
      const wanted = Math.min(100, opening.history ?? 50)
      const opened = roomOf(store.get(), room)
      if (opened && !opened.reachedStart && opened.messages.length < wanted) await history.older(room, wanted)
    },
    closeRoom: subscriptions.close,
    joinRoom: rooms.join,
    leaveRoom: rooms.leave,
    loadRooms: rooms.list,
    loadMembers: (room) => rooms.loadMembers(room, subscriptions.record),
    send: outbox.send,
    retry: outbox.retry,
    discard: outbox.discard,
    older: history.older,
    markRead: reads.mark,
    typing: typing.tell,
    on: listeners.on,
    events: listeners.stream,
    async logOut() {
      // First our own end: the server closes the sockets of the session with a code that tells another story.
      connection.close()
      requests.abandon()
      try {
        await logOut(rest)
      } catch (error) {
        if (!isUnauthenticated(error)) {
          connection.open()
          throw error
        }
      }
      end('signed_out')
    },
  }
}
