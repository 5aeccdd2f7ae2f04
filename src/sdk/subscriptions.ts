import type { Ping, Subscribed } from '../protocol/frames.ts'
import { apply, isDurable } from './apply.ts'
import { applyFresh, applyReplay } from './apply-fetched.ts'
import { mayRetry, RequestError } from './errors.ts'
import type { Requests } from './requests.ts'
import { type ClientEvent, changeRoom, type DurableEvent, type Event, roomOf, withoutRoom } from './state.ts'
import type { Store } from './store.ts'
import { inTurns, type Later, later, sleep } from './waiting.ts'

/** `reset`: the room was fetched anew meanwhile, and its window with it. */
export type Recording = { readonly events: readonly DurableEvent[]; readonly reset: boolean }
type Recorder = { events: DurableEvent[]; reset: boolean }

export type Subscriptions = {
  open(id: string, history?: number): Promise<void>
  close(id: string): void
  /** No connection is wanted any more: nobody waits for a room. Those that are open stay so for the next one. */
  abandon(why: RequestError): void
  /** After a hello: every open room goes on from where it stands. */
  resume(): void
  event(event: Event): void
  ping(ping: Ping): void
  /** Collects the durable events applied to a room until `stop`. */
  record(id: string): Recording & { stop(): void }
}

export type SubscriptionsOptions = {
  store: Store
  requests: Requests
  isLive(): boolean
  tell(event: ClientEvent): void
  /** Makes a room that is not in the state known to it. */
  introduce(id: string): Promise<void>
  /** Told after every (re)subscription. */
  synced(id: string): void
}

type Position = { epoch: string; seq: number }
/** `ahead`: the highest seq seen beyond a gap. `brokeOff`: where a replay had a hole. */
type Open = { history: number; ready: Later; ahead: number; brokeOff?: Position; syncing?: Promise<void> }

/** How long a head may be ahead of its events: they may be on their way. */
const headGraceMs = 1_000
const roomsAtOnce = 8

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { store, requests, isLive, tell } = options
  const opened = new Map<string, Open>()
  const recorders = new Map<string, Set<Recorder>>()

  const applied = (event: Event) => {
    if (isDurable(event)) for (const recorder of recorders.get(event.room) ?? []) recorder.events.push(event)
    tell(event)
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
        if (!roomOf(store.get(), id)) await options.introduce(id)
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

  /** Says whether the room is level with what the server had when it answered. */
  const syncOnce = async (id: string, open: Open): Promise<boolean> => {
    const room = roomOf(store.get(), id)
    const since =
      room && (room.open || open.history === 0) ? { epoch: room.epoch, seq: room.head } : undefined
    const answer = await requests.request('room.subscribe', {
      room: id,
      history: open.history,
      ...(since ? { since } : {}),
    })
    if (opened.get(id) !== open) return true
    const resumes = since?.epoch === answer.epoch && (answer.mode === 'replay' || since.seq === answer.head)
    if (!resumes) {
      reset(answer, open)
      return true
    }
    store.update((state) => changeRoom(state, id, (old) => ({ ...old, open: true })))
    const replay = applyReplay(store.get(), answer.events ?? [])
    store.set(replay.state)
    for (const event of replay.applied) applied(event)
    // A replay with a hole cannot be repaired by asking the same again: begin anew.
    const stopped = roomOf(replay.state, id)
    if (replay.gap && stopped) open.brokeOff = { epoch: stopped.epoch, seq: stopped.head }
    if (replay.gap)
      store.update((state) => changeRoom(state, id, (old) => ({ ...old, open: false, messages: [] })))
    if (replay.gap && open.history === 0) open.history = 1
    return !replay.gap && !answer.more
  }

  const reset = (answer: Subscribed, opened: Open) => {
    const before = roomOf(store.get(), answer.room)
    store.update((state) => applyFresh(state, answer, opened.history))
    for (const recorder of recorders.get(answer.room) ?? []) recorder.reset = true
    const since = before?.open ? { epoch: before.epoch, seq: before.head } : opened.brokeOff
    delete opened.brokeOff
    const { room, epoch, head } = answer
    if (since) tell({ type: 'room.reset', room, epoch, head, since })
  }

  const failed = (id: string, open: Open, error: unknown) => {
    if (mayRetry(error) || opened.get(id) !== open) return
    opened.delete(id)
    const known = roomOf(store.get(), id)?.open
    store.update((state) => withoutRoom(state, id))
    open.ready.reject(error)
    if (known) tell({ type: 'room.closed', room: id, reason: 'removed' })
  }

  return {
    open(id, history = 50) {
      const already = opened.get(id)
      if (already) {
        already.history = Math.max(already.history, Math.min(100, history))
        return already.ready.promise
      }
      const open: Open = { history: Math.min(100, history), ready: later(), ahead: 0 }
      opened.set(id, open)
      void sync(id)
      return open.ready.promise
    },
    close(id) {
      const open = opened.get(id)
      opened.delete(id)
      open?.ready.reject(new RequestError('gone', 'The room was closed before it was ready'))
      store.update((state) =>
        changeRoom(state, id, (old) => ({ ...old, open: false, online: [], typing: [] })),
      )
      if (open && isLive()) requests.request('room.unsubscribe', { room: id }).catch(() => {})
    },
    abandon(why) {
      for (const open of opened.values()) {
        open.ready.reject(why)
        open.ready = later()
      }
    },
    resume() {
      for (const open of opened.values()) open.ahead = 0
      void inTurns([...opened.keys()], roomsAtOnce, sync)
    },
    event(event) {
      const result = apply(store.get(), event)
      store.set(result.state)
      if (result.outcome === 'applied') applied(event)
      if (result.outcome === 'gap' && isDurable(event)) {
        const open = opened.get(event.room)
        if (open) open.ahead = Math.max(open.ahead, event.seq)
        void sync(event.room)
      }
      if (event.type === 'room.closed') opened.delete(event.room)
    },
    ping({ heads }) {
      for (const id of opened.keys()) {
        const told = Object.hasOwn(heads, id) ? heads[id] : undefined
        const room = roomOf(store.get(), id)
        if (!told || told.epoch !== room?.epoch) void sync(id)
        else if (told.seq > room.head) setTimeout(() => isBehind(id, told) && void sync(id), headGraceMs)
      }
    },
    record(id) {
      const recorder: Recorder = { events: [], reset: false }
      const those = recorders.get(id) ?? new Set()
      recorders.set(id, those.add(recorder))
      return Object.assign(recorder, { stop: () => void those.delete(recorder) })
    },
  }

  function isBehind(id: string, told: { epoch: string; seq: number }): boolean {
    const room = roomOf(store.get(), id)
    return room?.epoch !== told.epoch || room.head < told.seq
  }
}
