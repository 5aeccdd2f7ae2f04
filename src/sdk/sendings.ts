import type { SentMessage } from '../protocol/messages.ts'
import { failure, type RequestError } from './errors.ts'
import { roomOf, type State } from './state.ts'
import type { Store } from './store.ts'
import { type Deferred, deferred } from './waiting.ts'

/**
 * A message that is being sent. It is in `state.pending` at once, under its `client_id`. The promise resolves with the
 * message's `seq` when the server has stored it, and rejects when it is refused or discarded or the client is closed. You
 * need not await it: sending continues over any number of reconnections.
 */
export type Sending = Promise<SentMessage> & { readonly client_id: string }

/** Promises of messages to be stored. That may become known by the reply, by the event, or by a fetched page. */
export function createSendings(store: Store) {
  const waiting = new Map<string, Deferred<SentMessage> & { room: string }>()
  /** The server's reply is on its way. It says more than the event, which may be faster. */
  const asked = new Set<string>()
  let stop: (() => void) | undefined

  const take = (clientId: string) => {
    const found = waiting.get(clientId)
    waiting.delete(clientId)
    if (waiting.size === 0) {
      stop?.()
      stop = undefined
    }
    return found
  }

  /** A message that left `pending` without a reply has arrived as an event, or its room is gone. */
  const look = (state: State) => {
    for (const [clientId, { room: id }] of [...waiting]) {
      const room = roomOf(state, id)
      if (asked.has(clientId) || room?.pending.some((pending) => pending.client_id === clientId)) continue
      const message = room?.messages.findLast(
        (each) => each.client_id === clientId && each.author.username === state.me?.username,
      )
      if (room && message) {
        const { seq, created_at } = message
        take(clientId)?.resolve({ room: id, seq, created_at, epoch: room.epoch })
      } else take(clientId)?.reject(failure('room_closed'))
    }
  }

  return {
    /** Call it in the tick in which the message is added to `pending`. */
    begin(room: string, clientId: string): Sending {
      stop ??= store.subscribe(look)
      const sending = waiting.get(clientId) ?? { ...deferred<SentMessage>(), room }
      waiting.set(clientId, sending)
      return Object.assign(sending.promise, { client_id: clientId })
    },
    asked: (clientId: string) => void asked.add(clientId),
    stored(clientId: string, sent: SentMessage) {
      asked.delete(clientId)
      take(clientId)?.resolve(sent)
    },
    /** No reply comes; it may be stored all the same. */
    unanswered(clientId: string) {
      asked.delete(clientId)
      look(store.get())
    },
    refused: (clientId: string, why: unknown) => take(clientId)?.reject(why),
    abandon(why: RequestError) {
      for (const clientId of [...waiting.keys()]) take(clientId)?.reject(why)
    },
  }
}
