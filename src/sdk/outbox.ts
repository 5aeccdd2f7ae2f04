import { mayRetry, RequestError } from './errors.ts'
import { createId } from './ids.ts'
import type { Requests } from './requests.ts'
import { createSendings, type Sending } from './sendings.ts'
import { changeRoom, type Pending, type RoomState, roomOf } from './state.ts'
import type { Store } from './store.ts'
import { createDraftBox, type DraftBox, type Drafts } from './unsent.ts'
import { type Abortable, sleep } from './waiting.ts'

export type SendOptions = Abortable & {
  /** The seq of the message it answers. */
  reply_to?: number | undefined
  /**
   * Unique for ever among one's own messages; made up by default. Sent twice, also by another process, the message is
   * stored once.
   */
  client_id?: string | undefined
}

/**
 * Messages on their way. Each has a `client_id` that is unique for ever, so that it may be sent again and again until
 * an answer comes: the server stores it once. One room's messages go one after the other, in the order of writing.
 */
export type Outbox = {
  send(room: string, content: string, options?: SendOptions): Sending
  /** Tries a refused message again. */
  retry(clientId: string): Sending | undefined
  /** Forgets a message; if it is on its way it may arrive all the same. */
  discard(clientId: string): void
  /** Forgets all that this person has left unsent here. */
  discardAll(): void
  /** Its event has come. */
  arrived(clientId: string): void
  /** After a hello: takes up where it stopped. */
  resume(): void
  /** No connection is wanted any more: nobody waits for an answer. What is unsent stays so for the next one. */
  abandon(why: RequestError): void
}

export type OutboxOptions = { store: Store; requests: Requests; isLive(): boolean; storage?: Drafts }

export function createOutbox({ store, requests, isLive, storage }: OutboxOptions): Outbox {
  const flushing = new Set<string>()
  const sendings = createSendings(store)
  let box: DraftBox | undefined

  const flush = async (id: string) => {
    if (flushing.has(id)) return
    flushing.add(id)
    try {
      for (let next = nextOf(id); next && isLive(); next = nextOf(id)) {
        const waitMs = await deliver(id, next)
        if (waitMs > 0) await sleep(waitMs)
      }
    } finally {
      flushing.delete(id)
    }
  }

  const nextOf = (id: string) =>
    roomOf(store.get(), id)?.pending.find(({ state, seq }) => state === 'sending' && seq === undefined)

  /** Answers how long to wait before going on. */
  const deliver = async (id: string, { client_id, content, reply_to }: Pending): Promise<number> => {
    try {
      const draft = { room: id, content, client_id, ...(reply_to === undefined ? {} : { reply_to }) }
      const sent = await requests.request('message.send', draft)
      const { seq } = sent
      box?.forget(client_id)
      sendings.stored(client_id, sent)
      change(id, client_id, (pending, room) =>
        room.open && seq > room.head ? { ...pending, seq } : undefined,
      )
      return 0
    } catch (error) {
      if (mayRetry(error) && error.code !== 'internal')
        return error.code === 'disconnected' ? 0 : (error.retry_after_ms ?? 1_000)
      if (error instanceof RequestError && error.code === 'unauthenticated') return 1_000
      change(id, client_id, (pending) => ({ ...pending, state: 'failed', error: described(error) }))
      sendings.refused(client_id, error)
      return 0
    }
  }

  const change = (
    id: string,
    clientId: string,
    to: (pending: Pending, room: RoomState) => Pending | undefined,
  ) =>
    store.update((state) =>
      changeRoom(state, id, (room) => ({
        ...room,
        pending: room.pending.flatMap((pending) =>
          pending.client_id === clientId ? (to(pending, room) ?? []) : [pending],
        ),
      })),
    )

  const roomWith = (clientId: string) =>
    Object.values(store.get().rooms).find((room) => room.pending.some((sent) => sent.client_id === clientId))

  return {
    send(id, content, { reply_to, client_id = createId(), signal } = {}) {
      const sending = sendings.begin(id, client_id)
      if (signal?.aborted || !roomOf(store.get(), id)) {
        sendings.refused(client_id, signal?.reason ?? new RequestError('not_found', 'Not in this room'))
        return sending
      }
      if (roomWith(client_id)) return sending
      const at = new Date().toISOString()
      const draft = { client_id, content, at, ...(reply_to === undefined ? {} : { reply_to }) }
      box?.keep({ room: id, ...draft })
      add(id, { ...draft, state: 'sending' })
      void flush(id)
      discardOnAbort(sending, signal)
      return sending
    },
    retry(clientId) {
      const room = roomWith(clientId)
      if (!room) return undefined
      const sending = sendings.begin(room.id, clientId)
      change(room.id, clientId, ({ error: _, ...pending }) => ({ ...pending, state: 'sending' }))
      void flush(room.id)
      return sending
    },
    discard: (clientId) => discard(clientId),
    discardAll() {
      const waiting = Object.values(store.get().rooms).flatMap((room) => room.pending)
      for (const { client_id } of [...waiting, ...(box?.all() ?? [])]) discard(client_id)
    },
    arrived: (clientId) => box?.forget(clientId),
    resume() {
      const me = store.get().me
      if (!box && me) {
        box = createDraftBox(storage, me.username)
        restore(box)
      }
      for (const id of Object.keys(store.get().rooms)) void flush(id)
    },
    abandon: sendings.abandon,
  }

  function discardOnAbort(sending: Sending, signal: AbortSignal | undefined) {
    const abort = () => discard(sending.client_id, signal?.reason)
    const settled = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort, { once: true })
    sending.then(settled, settled)
  }

  function discard(clientId: string, why: unknown = new RequestError('gone', 'The message was discarded')) {
    sendings.refused(clientId, why)
    box?.forget(clientId)
    const room = roomWith(clientId)
    if (room) change(room.id, clientId, () => undefined)
  }

  function add(id: string, pending: Pending) {
    store.update((state) =>
      changeRoom(state, id, (room) => ({ ...room, pending: [...room.pending, pending] })),
    )
  }

  function restore(drafts: DraftBox) {
    for (const { room: id, ...draft } of drafts.all())
      if (!roomWith(draft.client_id)) add(id, { ...draft, state: 'sending' })
  }
}

const described = (error: unknown): NonNullable<Pending['error']> =>
  error instanceof RequestError
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: 'The message could not be sent' }
