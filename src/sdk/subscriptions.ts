import type { Ping, Subscribed } from '../protocol/frames.ts'
import { apply, isDurable, isLatest, type LatestEvent } from './apply.ts'
import { applyFresh, applyReplay } from './apply-fetched.ts'
import { failure, mayRetry, type RequestError } from './errors.ts'
import type { Requests } from './requests.ts'
import { type ClientEvent, changeRoom, type DurableEvent, type Event, roomOf, withoutRoom } from './state.ts'
import type { Store } from './store.ts'
import { type Deferred, deferred, limitConcurrency, sleep } from './waiting.ts'

/**
 * `latest`: events outside the log that say how people and previews are now. `reset`: the room was fetched again during the recording, so
 * that `events` are not complete.
 */
export type Recording = {
  readonly events: readonly DurableEvent[]
  readonly latest: readonly LatestEvent[]
  readonly reset: boolean
}
type Recorder = { events: DurableEvent[]; latest: LatestEvent[]; reset: boolean }

export type Subscriptions = {
  open(id: string, history?: number): Promise<void>
  close(id: string): void
  /** For a client that closes: pending promises reject, and open rooms stay open for the next connection. */
  abandon(why: RequestError): void
  /** After a hello: every open room resumes from its position. */
  resume(): void
  receive(event: Event): void
  ping(ping: Ping): void
  /** Collects the events applied to a room until `stop`, for what is fetched meanwhile. */
  record(id: string): Recording & { stop(): void }
}

type SubscriptionsOptions = {
  store: Store
  requests: Requests
  isLive(): boolean
  emit(event: ClientEvent): void
  /** Fetches a room that is not in the state. */
  loadRoom(id: string): Promise<void>
  /** Called after every subscription, also after a reconnection. */
  synced(id: string): void
}

type Position = { epoch: string; seq: number }
/** `ahead`: the highest `seq` seen beyond a gap. `stoppedAt`: the position before a hole in a replay. */
type Open = { history: number; ready: Deferred; ahead: number; stoppedAt?: Position; syncing?: Promise<void> }

/** How long a head may be ahead of its events, which may be on their way. */
const headGraceMs = 1_000
const roomsAtOnce = 8

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { store, requests, isLive, emit } = options
  const opened = new Map<string, Open>()
  const recorders = new Map<string, Set<Recorder>>()

  const emitApplied = (event: Event) => {
    if (isDurable(event)) for (const recorder of recorders.get(event.room) ?? []) recorder.events.push(event)
    if (isLatest(event)) for (const recorder of recorders.get(event.room) ?? []) recorder.latest.push(event)
    emit(event)
  }

  const sync = (id: string): Promise<void> => {
    const open = opened.get(id)
    if (!open || !isLive()) return Promise.resolve()
    open.syncing ??= syncUntilLevel(id, open)
      .then(
        () => open.ready.resolve(),
        (error) => failed(id, open, error),
      )
      .finally(() => {
        delete open.syncing
      })
    return open.syncing
  }

  const syncUntilLevel = async (id: string, open: Open) => {
    while (opened.get(id) === open) {
      try {
        if (!roomOf(store.get(), id)) await options.loadRoom(id)
        if (!(await syncOnce(id, open))) continue
        if (open.ahead <= (roomOf(store.get(), id)?.head ?? 0)) return options.synced(id)
        open.ahead = 0
      } catch (error) {
        if (!mayRetry(error) || !isLive() || error.code === 'disconnected') throw error
        await sleep(error.retry_after_ms ?? 1_000 + Math.random() * 2_000)
        if (!isLive()) throw error
      }
    }
  }

  /** Resolves to whether the room has all that the server had when it replied. */
  const syncOnce = async (id: string, open: Open): Promise<boolean> => {
    const room = roomOf(store.get(), id)
    const since =
      room && (room.open || open.history === 0) ? { epoch: room.epoch, seq: room.head } : undefined
    const reply = await requests.request('room.subscribe', {
      room: id,
      history: open.history,
      ...(since ? { since } : {}),
    })
    if (opened.get(id) !== open) return true
    const resumes = since?.epoch === reply.epoch && (reply.mode === 'replay' || since.seq === reply.head)
    if (!resumes) {
      reset(reply, open)
      return true
    }
    store.update((state) => changeRoom(state, id, (old) => ({ ...old, open: true })))
    const replay = applyReplay(store.get(), reply.events ?? [])
    store.set(replay.state)
    for (const event of replay.applied) emitApplied(event)
    // The same request would return the same hole: fetch the room again instead.
    const stopped = roomOf(replay.state, id)
    if (replay.gap && stopped) open.stoppedAt = { epoch: stopped.epoch, seq: stopped.head }
    if (replay.gap)
      store.update((state) => changeRoom(state, id, (old) => ({ ...old, open: false, messages: [] })))
    if (replay.gap && open.history === 0) open.history = 1
    return !replay.gap && !reply.more
  }

  const reset = (reply: Subscribed, opened: Open) => {
    const before = roomOf(store.get(), reply.room)
    store.update((state) => applyFresh(state, reply, opened.history))
    for (const recorder of recorders.get(reply.room) ?? []) recorder.reset = true
    const since = before?.open ? { epoch: before.epoch, seq: before.head } : opened.stoppedAt
    delete opened.stoppedAt
    const { room, epoch, head } = reply
    if (since) emit({ type: 'room.reset', room, epoch, head, since })
  }

  const failed = (id: string, open: Open, error: unknown) => {
    if (mayRetry(error) || opened.get(id) !== open) return
    opened.delete(id)
    const known = roomOf(store.get(), id)?.open
    store.update((state) => withoutRoom(state, id))
    open.ready.reject(error)
    if (known) emit({ type: 'room.closed', room: id, reason: 'removed' })
  }

  return {
    open(id, history = 50) {
      const already = opened.get(id)
      if (already) {
        already.history = Math.max(already.history, Math.min(100, history))
        return already.ready.promise
      }
      const open: Open = { history: Math.min(100, history), ready: deferred(), ahead: 0 }
      opened.set(id, open)
      void sync(id)
      return open.ready.promise
    },
    close(id) {
      const open = opened.get(id)
      opened.delete(id)
      open?.ready.reject(failure('room_closed'))
      store.update((state) =>
        changeRoom(state, id, (old) => ({ ...old, open: false, online: [], online_count: 0, typing: [] })),
      )
      if (open && isLive()) requests.request('room.unsubscribe', { room: id }).catch(() => {})
    },
    abandon(why) {
      for (const open of opened.values()) {
        open.ready.reject(why)
        open.ready = deferred()
      }
    },
    resume() {
      for (const open of opened.values()) open.ahead = 0
      void limitConcurrency([...opened.keys()], roomsAtOnce, sync)
    },
    receive(event) {
      const result = apply(store.get(), event)
      store.set(result.state)
      if (result.outcome === 'applied') emitApplied(event)
      if (result.outcome === 'gap' && isDurable(event)) {
        const open = opened.get(event.room)
        if (open) open.ahead = Math.max(open.ahead, event.seq)
        void sync(event.room)
      }
      if (event.type === 'room.closed') opened.delete(event.room)
    },
    ping({ heads }) {
      for (const id of opened.keys()) {
        const server = Object.hasOwn(heads, id) ? heads[id] : undefined
        const room = roomOf(store.get(), id)
        if (!server || server.epoch !== room?.epoch) void sync(id)
        else if (server.seq > room.head) setTimeout(() => isBehind(id, server) && void sync(id), headGraceMs)
      }
    },
    record(id) {
      const recorder: Recorder = { events: [], latest: [], reset: false }
      const inRoom = recorders.get(id) ?? new Set()
      recorders.set(id, inRoom.add(recorder))
      return Object.assign(recorder, { stop: () => void inRoom.delete(recorder) })
    },
  }

  function isBehind(id: string, server: { epoch: string; seq: number }): boolean {
    const room = roomOf(store.get(), id)
    return room?.epoch !== server.epoch || room.head < server.seq
  }
}
