import type { ExportQuery } from '../protocol/exports.ts'
import type { File } from '../protocol/files.ts'
import type {
  Message,
  ReactionPage,
  ReactionsQuery,
  Sent,
  VersionPage,
  VersionsQuery,
} from '../protocol/messages.ts'
import type { Room } from '../protocol/rooms.ts'
import type { SavedMark } from '../protocol/saved.ts'
import { type FollowOptions, follow } from './follow.ts'
import type { History } from './history.ts'
import type { EventStream, Listeners } from './listeners.ts'
import type { Members } from './members.ts'
import type { OpenOptions, OpenRoom } from './open-room.ts'
import type { Outbox, SendOptions } from './outbox.ts'
import type { Readiness } from './readiness.ts'
import type { Reads } from './reads.ts'
import type { Reports } from './reports.ts'
import type { Requests } from './requests.ts'
import type { Download, Rest } from './rest.ts'
import type { Rooms } from './rooms.ts'
import type { Sending } from './sendings.ts'
import { type RoomMember, type RoomState, roomOf } from './state.ts'
import type { Store } from './store.ts'
import type { ThreadHandle, Threads } from './threads.ts'
import type { Typing } from './typing.ts'
import type { PictureOptions, PutPicture, Upload, UploadOptions } from './upload.ts'
import type { Abortable } from './waiting.ts'

/**
 * One room, and all that you can do in it. `client.room(id)` sends nothing to the server, and two handles of one room
 * are the same room. Requests reject with a `RequestError`: `not_found` for a room that does not exist or that you may
 * not see, `forbidden` for what your role does not allow, `disconnected` while there is no connection.
 */
export type RoomHandle = Disposable & {
  readonly id: string
  /** The room as the client knows it now. Immutable; `undefined` while nothing is known of the room. */
  readonly state: RoomState | undefined
  /**
   * Loads the last messages (50) and keeps the room live over every reconnection. Resolves when the state is level with
   * the server. Called again with more `history`, it loads older messages.
   */
  open(options?: OpenOptions): Promise<RoomHandle>
  /** The opposite of `open`, for the whole client: events stop and streams end; you stay a member. `using` calls it too. */
  close(): void
  /** Makes you a member; the room appears in `state.rooms`. */
  join(): Promise<void>
  /** Ends your membership; the room disappears from `state.rooms`. */
  leave(): Promise<void>
  /** Shows the message at once in `state.pending`, and sends it until the server has stored or refused it. */
  send(content: string, options?: SendOptions): Sending
  /**
   * Uploads a file, to send it: `room.send('', { files: [await room.upload(file)] })`. Without a connection it rejects, and may be
   * called again with the same `client_id`. A file that is not sent within an hour is deleted.
   */
  upload(file: Blob, options?: UploadOptions): Promise<File>
  /** Sends a message that replies to another. */
  reply(seq: number, content: string, options?: Omit<SendOptions, 'reply_to'>): Sending
  /** Sends a refused message again. Returns `undefined` if no pending message has this `client_id`. */
  retry(clientId: string): Sending | undefined
  /** Removes a message from `state.pending`. One that is on its way may arrive all the same. */
  discard(clientId: string): void
  edit(seq: number, content: string): Promise<Sent>
  /** Deletes the message; a tombstone without text stays in its place. */
  delete(seq: number): Promise<Sent>
  /** `emoji`: an emoji, or a `:name:`. */
  react(seq: number, emoji: string): Promise<Sent>
  unreact(seq: number, emoji: string): Promise<Sent>
  /** Who reacted to a message, by emoji: up to 50 people for each, and `next` where there are more. */
  reactions(seq: number, query?: ReactionsQuery): Promise<ReactionPage['items']>
  /** A page (50) of the texts that a message has had, in their order; rejects with `gone` if it was deleted. `after` is `next` of the page before. */
  versions(seq: number, query?: VersionsQuery): Promise<VersionPage>
  /** Reports the message of somebody else to the moderators, once. Rejects with `conflict` the second time. */
  report(seq: number, reason: string): Promise<{ id: string }>
  /** Removes the preview of a link from a message: your own, or any if you moderate the room. The link stays. */
  removePreview(seq: number, preview: string): Promise<void>
  /** Saves a message for later: it is in `loadSaved`, on all your clients. Nobody else learns of it. 1,000 at most. */
  save(seq: number): Promise<SavedMark>
  unsave(seq: number): Promise<SavedMark>
  pin(seq: number): Promise<Sent>
  unpin(seq: number): Promise<Sent>
  /**
   * Loads the page (50) before the oldest message into `state.messages`; while there is an `excerpt`, the page before
   * that. Resolves to whether there are older ones.
   */
  older(limit?: number): Promise<boolean>
  /**
   * Finds a message anywhere in the log. If it is not in the state, it is loaded with those before and after it (50
   * each) as `state.excerpt`. Resolves to `undefined` if there is no such message.
   */
  around(seq: number, limit?: number): Promise<Message | undefined>
  /**
   * Loads the page (50) after the excerpt, until it meets `state.messages` and becomes part of them. Resolves to whether
   * there still is an excerpt.
   */
  newer(limit?: number): Promise<boolean>
  /** Drops the excerpt. */
  toLatest(): void
  /** Loads one message into `state.quoted`, for showing what a reply refers to. Does nothing if the state has it. */
  loadQuoted(seq: number): Promise<void>
  /** The thread that a message begins, or that a reply belongs to. Sends nothing to the server. */
  thread(seq: number): ThreadHandle
  /** Up to `seq`, by default all. Shown at once, and sent as soon as there is a connection. */
  markRead(seq?: number): void
  /** Marks this message and those after it as unread, on all your clients. Until you read them or leave, they stay so. */
  markUnread(seq: number): Promise<void>
  /** Call it on every key press; it is sent at most every 3 s. */
  typing(): void
  /** Loads all members, sorted by username; events keep `state.members` up to date from then on. */
  members(): Promise<readonly RoomMember[]>
  /**
   * Loads the next page (100) of members into `state.members`, for rooms with thousands; `fromStart` begins again with
   * the first page. Resolves to whether there are more, as `state.members_after` says too.
   */
  moreMembers(options?: { fromStart?: boolean }): Promise<boolean>
  /** What this user is notified of: `all`, `mentions` or `nothing`. Their other clients learn of it at once. */
  setNotify(level: NonNullable<Room['notify']>): Promise<void>
  /** No notifications until then, whatever the level; without a time, they come again. Their other clients learn of it at once. */
  mute(until?: Date): Promise<void>
  /** Marks the room as a favourite of this user, or ends that. Their other clients learn of it at once. */
  setFavourite(favourite: boolean): Promise<void>
  /**
   * Moves the room into a section of this user (`client.arrange`), by its id, or out of it (`null`). Their other clients learn of it at once.
   */
  setSection(section: string | null): Promise<void>
  /** Sets the picture of the room: a JPEG, PNG, WebP or GIF. For its owners. Like `setAvatar` of the client. */
  setAvatar(file: Blob, options?: PictureOptions): Promise<Room>
  removeAvatar(): Promise<void>
  /** A zip file of the whole room, for its owners. Like `exportOwn` of the client. */
  export(options?: ExportOptions): Promise<Response>
  /**
   * Every event of this room from now on, each once; opens the room if it is not open. Ends with the room or the client.
   * `room.reset` says that the room was fetched again and that events are missing here. Throws `gone` if the reader falls
   * 10,000 events behind.
   */
  events(options?: Abortable): EventStream
  /**
   * Every new message, your own included, each once and in order, with nothing left out: missed ones are fetched, even
   * from before this program started (`after`: the `seq` that it has seen last). Skips deleted messages. Otherwise
   * like `events`.
   */
  messages(options?: FollowOptions): AsyncGenerator<Message, void, void>
}

export type ExportOptions = Abortable & ExportQuery

/** What a handle is made of. */
export type RoomParts = {
  store: Store
  request: Requests['request']
  ready: Readiness['wait']
  rooms: Rooms
  members: Members
  history: History
  threads: Threads
  reads: Reads
  typing: Typing
  outbox: Outbox
  reports: Pick<Reports, 'report'>
  listeners: Listeners
  download: Download
  upload: Upload
  putPicture: PutPicture
  rest: Rest
  open: OpenRoom
  close(id: string): void
}

export function createRoom(id: string, parts: RoomParts): RoomHandle {
  const { store, request, history, members, outbox, rooms } = parts
  const at = (seq: number) => ({ room: id, seq })
  const stateNow = () => roomOf(store.get(), id)

  /** Listens before it opens the room, so that nothing is lost in between. */
  const listen = ({ signal }: Abortable = {}) => {
    const events = parts.listeners.stream({ room: id, signal })
    const opened = stateNow()?.open ? Promise.resolve() : parts.open(id, { signal })
    opened.catch(() => events.return?.())
    return { events, opened }
  }

  const room: RoomHandle = {
    id,
    get state() {
      return stateNow()
    },
    async open(options) {
      await parts.open(id, options)
      return room
    },
    close: () => parts.close(id),
    [Symbol.dispose]: () => parts.close(id),
    join: () => rooms.join(id),
    leave: () => rooms.leave(id),
    send: (content, options) => outbox.send(id, content, options),
    upload: (file, options) => parts.upload(id, file, options),
    reply: (seq, content, options) => outbox.send(id, content, { ...options, reply_to: seq }),
    retry: outbox.retry,
    discard: (clientId) => outbox.discard(clientId),
    edit: (seq, content) => request('message.edit', { ...at(seq), content }),
    delete: (seq) => request('message.delete', at(seq)),
    react: (seq, emoji) => request('reaction.add', { ...at(seq), emoji }),
    unreact: (seq, emoji) => request('reaction.remove', { ...at(seq), emoji }),
    reactions: async (seq, query) => (await request('reaction.list', { ...at(seq), ...query })).items,
    versions: (seq, query) => request('version.list', { ...at(seq), ...query }),
    report: (seq, reason) => parts.reports.report(id, seq, reason),
    removePreview: async (seq, preview) => void (await request('preview.remove', { ...at(seq), preview })),
    save: (seq) => request('saved.add', at(seq)),
    unsave: (seq) => request('saved.remove', at(seq)),
    pin: (seq) => request('pin.add', at(seq)),
    unpin: (seq) => request('pin.remove', at(seq)),
    older: (limit) => history.older(id, limit),
    around: (seq, limit) => history.around(id, seq, limit),
    newer: (limit) => history.newer(id, limit),
    toLatest: () => history.toLatest(id),
    loadQuoted: (seq) => history.loadQuoted(id, seq),
    thread: (seq) => parts.threads(id, seq),
    markRead: (seq) => parts.reads.mark(id, seq),
    markUnread: (seq) => parts.reads.unmark(id, seq),
    typing: () => parts.typing.typed(id),
    async members() {
      await members.load(id)
      return stateNow()?.members ?? []
    },
    moreMembers: ({ fromStart } = {}) => members.more(id, fromStart),
    setNotify: (level) => rooms.setNotify(id, { level }),
    mute: (until) => rooms.setNotify(id, { muted_until: until?.toISOString() ?? null }),
    setFavourite: (favourite) => rooms.setFavourite(id, favourite),
    setSection: (section) => rooms.setSection(id, section),
    setAvatar: (file, options) => parts.putPicture(`/rooms/${encodeURIComponent(id)}/avatar`, file, options),
    removeAvatar: () => parts.rest('DELETE /rooms/:room/avatar', { params: { room: id } }),
    export: ({ signal, ...query } = {}) =>
      parts.download('GET /rooms/:room/export', { params: { room: id }, query, signal }),
    events(options) {
      const { events, opened } = listen(options)
      return {
        next: () => opened.then(() => events.next()),
        return: () => events.return!(),
        [Symbol.asyncIterator]() {
          return this
        },
      }
    },
    messages: (options) => follow({ id, ...listen(options), request, ready: parts.ready }, options),
  }
  return room
}
