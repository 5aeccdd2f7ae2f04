import type { File } from '../protocol/files.ts'
import { failure, mayRetry, RequestError } from './errors.ts'
import { createId } from './ids.ts'
import type { Requests } from './requests.ts'
import { createSendings, type Sending } from './sendings.ts'
import { changeRoom, type Pending, type RoomState, roomOf } from './state.ts'
import type { Store } from './store.ts'
import { createUnsentStore, type UnsentStorage, type UnsentStore } from './unsent.ts'
import { type Abortable, sleep } from './waiting.ts'

export type SendOptions = Abortable & {
  /** The `seq` of the message that this one replies to. */
  reply_to?: number | undefined
  /** Files that `upload` gave, up to ten; the text may then be empty. */
  files?: readonly File[] | undefined
  /**
   * Unique among all messages of this user; random by default. A message that is sent twice under one `client_id`, even
   * by another process, is stored once.
   */
  client_id?: string | undefined
}

/**
 * Messages that are not stored yet. The server stores a `client_id` once, so that a message can be sent repeatedly until
 * a reply comes. The messages of a room are sent one after the other, in the order of writing.
 */
export type Outbox = {
  send(room: string, content: string, options?: SendOptions): Sending
  /** Tries a refused message again. */
  retry(clientId: string): Sending | undefined
  /** Removes a message. One that is on its way may arrive all the same. */
  discard(clientId: string): void
  /** Removes all unsent messages of this user in this browser. */
  discardAll(): void
  /** The message's event has arrived. */
  arrived(clientId: string): void
  /** After a hello: goes on sending. */
  resume(): void
  /** The client is closing: waits reject. Unsent messages stay for the next connection. */
  abandon(why: RequestError): void
}

type OutboxOptions = { store: Store; requests: Requests; isLive(): boolean; storage?: UnsentStorage }

export function createOutbox({ store, requests, isLive, storage }: OutboxOptions): Outbox {
  const flushing = new Set<string>()
  const sendings = createSendings(store)
  let box: UnsentStore | undefined

  const flush = async (id: string) => {
    if (flushing.has(id)) return
    flushing.add(id)
    try {
      for (let next = nextOf(id); next && isLive(); next = nextOf(id)) {
        const waitMs = await sendOne(id, next)
        if (waitMs > 0) await sleep(waitMs)
      }
    } finally {
      flushing.delete(id)
    }
  }

  const nextOf = (id: string) =>
    roomOf(store.get(), id)?.pending.find(({ state, seq }) => state === 'sending' && seq === undefined)

  /** Resolves to how many milliseconds to wait before the next message. */
  const sendOne = async (id: string, { client_id, content, reply_to, files }: Pending): Promise<number> => {
    try {
      const message = {
        room: id,
        content,
        client_id,
        ...(reply_to === undefined ? {} : { reply_to }),
        ...attached(files),
      }
      sendings.asked(client_id)
      const sent = await requests.request('message.send', message)
      const { seq } = sent
      box?.remove(client_id)
      sendings.stored(client_id, sent)
      change(id, client_id, (pending, room) =>
        room.open && seq > room.head ? { ...pending, seq } : undefined,
      )
      return 0
    } catch (error) {
      sendings.unanswered(client_id)
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
    send(id, content, { reply_to, files, client_id = createId(), signal } = {}) {
      const sending = sendings.begin(id, client_id)
      if (signal?.aborted || !roomOf(store.get(), id)) {
        sendings.refused(client_id, signal?.reason ?? failure('not_in_room'))
        return sending
      }
      if (roomWith(client_id)) return sending
      const at = new Date().toISOString()
      const message = {
        ...{ client_id, content, at },
        ...(reply_to === undefined ? {} : { reply_to }),
        ...(files?.length ? { files } : {}),
      }
      box?.keep({ room: id, ...message })
      add(id, { ...message, state: 'sending' })
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
    arrived: (clientId) => box?.remove(clientId),
    resume() {
      const me = store.get().me
      if (!box && me) {
        box = createUnsentStore(storage, me.username)
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

  function discard(clientId: string, why: unknown = failure('message_discarded')) {
    sendings.refused(clientId, why)
    box?.remove(clientId)
    const room = roomWith(clientId)
    if (room) change(room.id, clientId, () => undefined)
  }

  function add(id: string, pending: Pending) {
    store.update((state) =>
      changeRoom(state, id, (room) => ({ ...room, pending: [...room.pending, pending] })),
    )
  }

  function restore(unsent: UnsentStore) {
    for (const { room: id, ...message } of unsent.all())
      if (!roomWith(message.client_id)) add(id, { ...message, state: 'sending' })
  }
}

const attached = (files: Pending['files']) => (files ? { files: files.map(({ id }) => id) } : {})

/** If a field is wrong, the reason of that field: a message has only one that a person writes. */
function described(error: unknown): NonNullable<Pending['error']> {
  const known = error instanceof RequestError ? error : failure('unexplained')
  const { reason, params, message } = known.errors?.[0] ?? known
  return { code: known.code, reason, ...(params && { params }), message }
}
