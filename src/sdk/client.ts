// Longer than 300 lines: the client is where all its parts meet, and each of its methods has its words here.

import type { AuditExportQuery } from '../protocol/audit.ts'
import type { ReplyData } from '../protocol/command-rows.ts'
import type { CommandName, Params } from '../protocol/commands.ts'
import type { Community } from '../protocol/community.ts'
import type { Hello, Ping } from '../protocol/frames.ts'
import { isEvent } from './apply.ts'
import { applyHello } from './apply-fetched.ts'
import { logOut } from './auth.ts'
import { createBackoff } from './backoff.ts'
import { type Blocks, createBlocks } from './blocks.ts'
import { createConnection, type Frame } from './connection.ts'
import { createDial, ownSocketMaker } from './dial.ts'
import { disconnected, endedError, isUnauthenticated, isUsersChoice, type RequestError } from './errors.ts'
import { createFollowed, type FollowedThreads } from './followed.ts'
import { createHistory } from './history.ts'
import { createLast, type LastMessages } from './last.ts'
import { createLevel } from './level.ts'
import { createListeners, type EventStream, type Listeners } from './listeners.ts'
import { createMembers } from './members.ts'
import { createMentions, type Mentions } from './mentions.ts'
import { createOpenRoom } from './open-room.ts'
import type { ClientOptions } from './options.ts'
import { createOutbox } from './outbox.ts'
import { createPush, type Push } from './push.ts'
import { createReadiness } from './readiness.ts'
import { createReads } from './reads.ts'
import { reconnectPolicy } from './reconnect-policy.ts'
import { createRenewal } from './renewal.ts'
import { createReports, type ReportLists } from './reports.ts'
import { createRequests, type RequestOptions } from './requests.ts'
import { createRest, type Rest } from './rest.ts'
import { createRoom, type ExportOptions, type RoomHandle, type RoomParts } from './room.ts'
import { createRooms, type RoomLists } from './rooms.ts'
import { createSaved, type SavedMessages } from './saved.ts'
import { createSearch, type Search } from './search.ts'
import type { ClientEvent, State, Status, User } from './state.ts'
import { createStore } from './store.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createThreads } from './threads.ts'
import { createTyping } from './typing.ts'
import { createUpload, type PictureOptions } from './upload.ts'
import type { Abortable } from './waiting.ts'
import { createWake, onWake } from './wake.ts'

/** One user's live view of the server. It reconnects by itself and resumes where it stopped. */
export type Client = Disposable &
  RoomLists &
  ReportLists &
  Search &
  Mentions &
  FollowedThreads &
  Push &
  SavedMessages &
  LastMessages &
  Blocks & {
    /** All that the client knows. Immutable: a change makes a new one. */
    readonly state: State
    /** Calls the listener after every change, with the newest state. Returns a function that removes the listener. */
    subscribe(listener: (state: State) => void): () => void
    /**
     * Connects, and keeps connecting until `close` or until the session has ended. If the client is waiting
     * for its next attempt, it tries at once. Throws `unsupported` where there is no WebSocket.
     */
    connect(): void
    /** Disconnects. Streams end, waits reject with `disconnected`; `connect` resumes. `using` calls it. */
    close(): void
    /**
     * Resolves when the client is online. Rejects with `unauthenticated` or `forbidden` when it has ended, and with
     * `disconnected` when it is not trying: before `connect`, after `close`.
     */
    ready(options?: Abortable): Promise<void>
    /** One room, and all that you can do in it. Sends nothing to the server. */
    room(room: string): RoomHandle
    /**
     * Sends one command and resolves to its reply. Rejects with a `RequestError`: a code of the server, `timeout` (10 s by
     * default) or `disconnected`. It is never repeated: after these two it may have happened or not.
     */
    request<Name extends CommandName>(
      name: Name,
      params: Params<Name>,
      options?: RequestOptions,
    ): Promise<ReplyData<Name>>
    /** Sends one HTTP request as the same user. */
    rest: Rest
    /**
     * Calls the handler for each event of a type (`*`: all), once the state has it. Returns a function that removes the
     * handler.
     */
    on: Listeners['on']
    /**
     * All events of open rooms and of this user from now on, each once. Ends with `close`; throws what ended the session,
     * and `gone` if the reader falls 10,000 events behind.
     */
    events(options?: Abortable): EventStream
    /**
     * A zip file of what is stored about you; its `body` is sent while it is made. `time_zone` says how its pages write times (UTC by
     * default). Rejects with `rate_limited`, and the reason `export_running`, while another one runs.
     */
    exportOwn(options?: ExportOptions): Promise<Response>
    /**
     * The audit log, for administrators: CSV, or with `format: 'jsonl'` an entry as JSON on each line. Its `body` is sent while it is read.
     * Rejects like `exportOwn`.
     */
    exportAudit(options?: AuditExportQuery & Abortable): Promise<Response>
    /**
     * Sets the picture of this user: a JPEG, PNG, WebP or GIF. Those who share a room with them see it at once. Rejects with the reason
     * `not_a_picture` for anything else.
     */
    setAvatar(file: Blob, options?: PictureOptions): Promise<User>
    /** Sets the picture of the community; for administrators. `DELETE /community/avatar` removes it. */
    setCommunityAvatar(file: Blob, options?: PictureOptions): Promise<Community>
    removeAvatar(): Promise<void>
    /**
     * The bytes of a file that you may see, as the `body` of the response, by the id that its message has. Rejects with `not_found` if it
     * was deleted.
     */
    downloadFile(file: string, options?: Abortable): Promise<Response>
    /** Ends the session on the server, and this client with it. Unsent messages are deleted. */
    logOut(): Promise<void>
    /**
     * Deletes the account permanently, and ends this client. The user's messages are kept, as those of a deleted user, or
     * deleted (`messages`; `keep` by default). Rejects with `conflict` for the last administrator, and with the reason
     * `confirm_password` if the session signed in more than 10 minutes ago: then send the password too.
     */
    eraseAccount(options?: { messages?: 'keep' | 'delete'; current_password?: string }): Promise<void>
  }

export function createClient(options: ClientOptions): Client {
  const { session } = options
  const url = options.url.replace(/\/+$/, '')
  const fetcher = options.fetch ? { fetch: options.fetch } : {}
  const maker = options.WebSocket ? { WebSocket: options.WebSocket } : {}
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
    const why = endedError(endedBecause)
    stop(why)
    store.update((state) => ({ ...state, status: 'ended', endedBecause }))
    listeners.finish(isUsersChoice(endedBecause) ? {} : { error: why })
  }
  /** The session is being ended from here: what else is refused meanwhile says nothing about why. */
  let isEnding = false
  let wasRefused = false
  const unauthenticated = () => {
    if (isEnding) wasRefused = true
    else end('not_authenticated')
  }

  /** A live socket needs the new token before the old one expires. With cookies it is closed and reconnects instead. */
  const renewed = () => {
    const token = session.token()
    if (token !== undefined && connection.isLive())
      requests.request('session.renew', { token }).catch(() => {})
  }

  const renewal = createRenewal({ session, endpoint: { url, ...fetcher }, renewed, ended: unauthenticated })
  const { rest, download, again } = createRest({
    ...{ url, ...fetcher, session },
    ended: unauthenticated,
    renewed: () => renewal.done(),
  })
  const connection = createConnection({
    dial: createDial({ url, session, rest, renewal, ...maker }),
    backoff: createBackoff(options.backoff),
    trying: () => setStatus(store.get().status === 'online' ? 'online' : 'connecting'),
    waiting: () => setStatus('offline'),
    lost(ending) {
      requests.abandon()
      return reconnectPolicy(ending, {
        rest,
        renewal,
        session,
        end,
        isEnded: () => store.get().status === 'ended',
      })
    },
    receive,
  })
  const requests = createRequests(connection.send)
  const isLive = connection.isLive
  const rooms = createRooms({ store, requests, rest, listeners })
  const reports = createReports({ store, rest })
  const emit = (event: ClientEvent) => {
    if (event.type === 'message.created' && event.message.client_id) outbox.arrived(event.message.client_id)
    if (event.type === 'typing.changed') typing.receive(event)
    listeners.emit(event)
  }
  const subscriptions = createSubscriptions({
    store,
    requests,
    isLive,
    emit,
    loadRoom: rooms.loadRoom,
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
  const level = createLevel(store, subscriptions)
  const history = createHistory(store, requests, level)
  const threads = createThreads({ store, requests, level, outbox, listeners })
  const members = createMembers({ store, rest, record: subscriptions.record })
  const { upload, putPicture } = createUpload({ url, ...fetcher, session, again })
  const typing = createTyping(store, (room) => connection.send({ type: 'typing.start', room }))

  function receive(frame: Frame) {
    if (frame.type === 'hello') return receiveHello(frame as unknown as Hello)
    if (frame.type === 'reply' || frame.type === 'error') return void requests.settle(frame)
    if (frame.type === 'ping') return subscriptions.ping(frame as unknown as Ping)
    if (isEvent(frame)) subscriptions.receive(frame)
  }

  function receiveHello(hello: Hello) {
    const { me } = store.get()
    // Another user may have signed in in another tab: they must not send what this user wrote.
    if (me && me.id !== hello.user.id) return end('somebody_else')
    store.update((state) => applyHello(state, hello, reads.unsent))
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

  /** Disconnects first: the server closes the sockets of an ended session with a code that gives another reason. */
  const endSession = async (why: string, request: () => Promise<unknown>) => {
    connection.close()
    requests.abandon()
    isEnding = true
    wasRefused = false
    try {
      await request()
    } catch (error) {
      if (wasRefused) end('not_authenticated')
      else if (store.get().status !== 'ended') connection.open()
      throw error
    } finally {
      isEnding = false
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
    threads,
    reads,
    typing,
    outbox,
    reports,
    listeners,
    download,
    upload,
    putPicture,
    rest,
    open: createOpenRoom(store, subscriptions, history),
    close(room) {
      subscriptions.close(room)
      listeners.finish({ room })
    },
  }

  return {
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
      connection.reconnectNow()
    },
    close,
    [Symbol.dispose]: close,
    ready: readiness.wait,
    room: (id) => createRoom(id, parts),
    request: requests.request,
    rest,
    ...rooms.lists,
    ...createBlocks({ store, rest }),
    ...createSearch({ rest }),
    ...createMentions(rest),
    ...createFollowed(rest),
    ...createPush(rest),
    ...createSaved(rest),
    ...createLast({ store, rest, record: subscriptions.record }),
    loadReports: reports.loadReports,
    closeReport: reports.closeReport,
    on: listeners.on,
    events: listeners.stream,
    exportOwn: ({ signal, ...query } = {}) => download('GET /users/me/export', { query, signal }),
    exportAudit: ({ signal, ...query } = {}) => download('GET /audit/export', { query, signal }),
    setAvatar: (file, options) => putPicture('/users/me/avatar', file, options),
    setCommunityAvatar: (file, options) => putPicture('/community/avatar', file, options),
    removeAvatar: () => rest('DELETE /users/me/avatar'),
    downloadFile: (file, options) => download('GET /files/:file', { params: { file }, ...options }),
    logOut: () =>
      endSession('signed_out', () =>
        logOut(rest).catch((error) => {
          if (!isUnauthenticated(error)) throw error
        }),
      ),
    eraseAccount: (options = {}) =>
      endSession('erased', () => rest('DELETE /users/me', { body: { messages: 'keep', ...options } })),
  }
}
