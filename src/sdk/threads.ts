import { failure } from './errors.ts'
import { applyOlderReplies, applyThread } from './excerpt.ts'
import type { Level } from './level.ts'
import type { Listeners } from './listeners.ts'
import type { Outbox, SendOptions } from './outbox.ts'
import type { Requests } from './requests.ts'
import type { Sending } from './sendings.ts'
import { changeRoom, type RoomState, roomOf, type ThreadState } from './state.ts'
import type { Store } from './store.ts'

/** The replies to one message of a room that is open. Two handles of one thread are the same thread. */
export type ThreadHandle = Disposable & {
  /** The `seq` of the message that the thread begins with. */
  readonly seq: number
  /** Immutable; `undefined` while the thread is not open. */
  readonly state: ThreadState | undefined
  /**
   * Loads the last replies (50) into `state.threads` of the room, and keeps them live until `close`. By a reply, it opens the
   * thread that the reply belongs to. Resolves to that thread; rejects with `not_found` if there is no such message.
   */
  open(): Promise<ThreadHandle>
  close(): void
  /** Loads the page (50) before the oldest reply that is loaded. Resolves to whether there are older ones. */
  older(limit?: number): Promise<boolean>
  /** Replies to the message that the thread begins with. */
  reply(content: string, options?: Omit<SendOptions, 'reply_to'>): Sending
  /** Follows it, or stops, on all your clients: it is in `loadThreads`, and you hear of its replies. */
  follow(following?: boolean): Promise<void>
  /** Up to `seq`, by default all replies that are loaded. It matters in a thread that you follow, and does not move the read mark of the room. */
  markRead(seq?: number): Promise<void>
}

export type Threads = (room: string, seq: number) => ThreadHandle

type ThreadsOptions = {
  store: Store
  requests: Requests
  level: Level
  outbox: Pick<Outbox, 'send'>
  listeners: Pick<Listeners, 'on'>
}

export function createThreads({ store, requests, level, outbox, listeners }: ThreadsOptions): Threads {
  const threadsOf = (id: string): RoomState['threads'] => roomOf(store.get(), id)?.threads
  /** Those that are open, also while a room that was fetched again has none of them. */
  const wanted = new Map<string, Set<number>>()

  const load = async (id: string, seq: number): Promise<number> => {
    if (!roomOf(store.get(), id)?.open) throw failure('room_not_open')
    let root = seq
    await level(
      id,
      async () => [await requests.request('thread.list', { room: id, seq })],
      (state, [read]) => {
        root = read!.page.root.seq
        return applyThread(state, id, read!)
      },
    )
    return root
  }

  listeners.on('room.reset', ({ room }) => {
    for (const seq of wanted.get(room) ?? []) load(room, seq).catch(() => {})
  })
  listeners.on('room.closed', ({ room }) => void wanted.delete(room))

  const thread: Threads = (id, seq) => {
    const close = () => {
      wanted.get(id)?.delete(seq)
      store.update((state) =>
        changeRoom(state, id, (room) => {
          if (!room.threads?.[seq]) return room
          const { [seq]: _, ...threads } = room.threads
          return { ...room, threads }
        }),
      )
    }
    const handle: ThreadHandle = {
      seq,
      get state() {
        return threadsOf(id)?.[seq]
      },
      async open() {
        const root = await load(id, seq)
        wanted.set(id, (wanted.get(id) ?? new Set()).add(root))
        return root === seq ? handle : thread(id, root)
      },
      close,
      [Symbol.dispose]: close,
      async older(limit = 50) {
        const open = threadsOf(id)?.[seq]
        if (!open || open.reachedStart) return false
        const query = { room: id, seq, limit, before: open.messages[0]?.seq ?? Number.MAX_SAFE_INTEGER }
        await level(
          id,
          async () => [await requests.request('thread.list', query)],
          (state, [read]) => applyOlderReplies(state, id, read!),
        )
        return threadsOf(id)?.[seq]?.reachedStart === false
      },
      reply: (content, options) => outbox.send(id, content, { ...options, reply_to: seq }),
      async follow(following = true) {
        await requests.request(following ? 'thread.follow' : 'thread.unfollow', { room: id, seq })
      },
      async markRead(readSeq = threadsOf(id)?.[seq]?.messages.at(-1)?.seq ?? 0) {
        await requests.request('thread.read', { room: id, seq, read_seq: readSeq })
      },
    }
    return handle
  }
  return thread
}
