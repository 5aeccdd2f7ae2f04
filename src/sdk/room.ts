import type { Message, Sent } from '../protocol/messages.ts'
import type { Client } from './client.ts'
import type { EventStream, Listeners } from './listeners.ts'
import { type FollowOptions, follow } from './messages.ts'
import type { Outbox, SendOptions } from './outbox.ts'
import type { Sending } from './sendings.ts'
import { type RoomMember, type RoomState, roomOf } from './state.ts'
import type { Abortable } from './waiting.ts'

/** `history`: how many of the last messages to begin with, at most 100; 50 by default. */
export type OpenOptions = Abortable & { history?: number | undefined }

/**
 * One room of a client. Making a handle asks nothing of the server; two handles of one room are the same room. What is
 * asked of the server rejects with a `RequestError`: `not_found` for a room that one may not know of, `forbidden` for what
 * one's role does not allow, and so on; `disconnected` while there is no connection.
 */
export type RoomHandle = Disposable & {
  readonly id: string
  /** As it is now, immutable; absent while nothing is known of the room. */
  readonly state: RoomState | undefined
  /** Makes the room live, with its last messages, over every reconnection. Resolves when it is level with the server. */
  open(options?: OpenOptions): Promise<RoomHandle>
  /** The opposite of `open`, for the whole client: events stop, streams end, membership stays. `using` calls it too. */
  close(): void
  /** Becomes a member. */
  join(): Promise<void>
  /** Ends the membership. */
  leave(): Promise<void>
  /** Shows the message at once in `state.pending`, and sends it until it is stored or refused. */
  send(content: string, options?: SendOptions): Sending
  /** The same, as the answer to a message. */
  reply(seq: number, content: string, options?: Omit<SendOptions, 'reply_to'>): Sending
  /** Tries a refused message again; `undefined` when there is none of this `client_id`. */
  retry(clientId: string): Sending | undefined
  /** Forgets a message that is pending; if it is on its way it may arrive all the same. */
  discard(clientId: string): void
  edit(seq: number, content: string): Promise<Sent>
  /** Leaves a tombstone. */
  delete(seq: number): Promise<Sent>
  /** `emoji`: an emoji, or a `:name:`. */
  react(seq: number, emoji: string): Promise<Sent>
  unreact(seq: number, emoji: string): Promise<Sent>
  pin(seq: number): Promise<Sent>
  unpin(seq: number): Promise<Sent>
  /** Puts the page before the oldest message (50) into the state. Answers whether there is more before it. */
  older(limit?: number): Promise<boolean>
  /** Up to `seq`, or all. Shown at once, told to the server when it can be. */
  markRead(seq?: number): void
  /** Call it on every key press; the room is told at most every 3 s. */
  typing(): void
  /** Who is a member, in the order of usernames; kept up to date in `state.members` from then on. */
  members(): Promise<readonly RoomMember[]>
  /**
   * Every event of this room from now on, each once; opens the room if it is not open. Ends with the room or the client.
   * A `room.reset` among them says that the room was fetched anew and events between were not told. Throws `gone` to a
   * reader that falls 10,000 events behind.
   */
  events(options?: Abortable): EventStream
  /**
   * Every new message, one's own too, each once and in order, with nothing left out: what was missed, even before this
   * program was started (`after`: the `seq` it has seen last), is fetched. Deleted ones are passed over. Otherwise as
   * `events`.
   */
  messages(options?: FollowOptions): AsyncGenerator<Message, void, void>
}

type Parts = { outbox: Pick<Outbox, 'send' | 'retry'>; stream: Listeners['stream'] }

export function createRoom(id: string, client: Client, { outbox, stream }: Parts): RoomHandle {
  const at = (seq: number) => ({ room: id, seq })
  const stateNow = () => roomOf(client.state, id)

  /** Listens before it opens the room, so that nothing falls between. */
  const listen = ({ signal }: Abortable = {}) => {
    const events = stream({ room: id, signal })
    const opened = stateNow()?.open ? Promise.resolve() : client.openRoom(id, { signal })
    opened.catch(() => events.return?.())
    return { events, opened }
  }

  const room: RoomHandle = {
    id,
    get state() {
      return stateNow()
    },
    async open(options) {
      await client.openRoom(id, options)
      return room
    },
    close: () => client.closeRoom(id),
    [Symbol.dispose]: () => client.closeRoom(id),
    join: () => client.joinRoom(id),
    leave: () => client.leaveRoom(id),
    send: (content, options) => outbox.send(id, content, options),
    reply: (seq, content, options) => outbox.send(id, content, { ...options, reply_to: seq }),
    retry: outbox.retry,
    discard: client.discard,
    edit: (seq, content) => client.request('message.edit', { ...at(seq), content }),
    delete: (seq) => client.request('message.delete', at(seq)),
    react: (seq, emoji) => client.request('reaction.add', { ...at(seq), emoji }),
    unreact: (seq, emoji) => client.request('reaction.remove', { ...at(seq), emoji }),
    pin: (seq) => client.request('pin.add', at(seq)),
    unpin: (seq) => client.request('pin.remove', at(seq)),
    older: (limit) => client.older(id, limit),
    markRead: (seq) => client.markRead(id, seq),
    typing: () => client.typing(id),
    async members() {
      await client.loadMembers(id)
      return stateNow()?.members ?? []
    },
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
    messages: (options) =>
      follow({ id, ...listen(options), request: client.request, ready: client.ready }, options),
  }
  return room
}
