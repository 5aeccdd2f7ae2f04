import type { Sent } from '../protocol/messages.ts'
import { RequestError } from './errors.ts'
import { roomOf, type State } from './state.ts'
import type { Store } from './store.ts'
import { type Later, later } from './waiting.ts'

/**
 * A message on its way. `client_id` is there at once, and stands in `state.rooms[…].pending`; the promise resolves when
 * the message is stored, with its `seq`, and rejects when it is refused, discarded, or the client closed. Nobody has to
 * wait for it: sending goes on over any number of reconnections.
 */
export type Sending = Promise<Sent> & { readonly client_id: string }

/** Who waits for which message to be stored, however that becomes known: by the reply, by its event, by a fresh page. */
export function createSendings(store: Store) {
  const waiting = new Map<string, Later<Sent> & { room: string }>()
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

  /** A message that is pending no more, without an answer of its own, has come by its event, or is lost with its room. */
  const look = (state: State) => {
    for (const [clientId, { room: id }] of [...waiting]) {
      const room = roomOf(state, id)
      if (room?.pending.some((pending) => pending.client_id === clientId)) continue
      const message = room?.messages.findLast(
        (each) => each.client_id === clientId && each.author.username === state.me?.username,
      )
      if (room && message) {
        const { seq, created_at } = message
        take(clientId)?.resolve({ room: id, seq, created_at, epoch: room.epoch })
      } else take(clientId)?.reject(new RequestError('gone', 'The room is gone'))
    }
  }

  return {
    /** Called in the same tick in which the message comes to stand among the pending ones. */
    begin(room: string, clientId: string): Sending {
      stop ??= store.subscribe(look)
      const sending = waiting.get(clientId) ?? { ...later<Sent>(), room }
      waiting.set(clientId, sending)
      return Object.assign(sending.promise, { client_id: clientId })
    },
    stored: (clientId: string, sent: Sent) => take(clientId)?.resolve(sent),
    refused: (clientId: string, why: unknown) => take(clientId)?.reject(why),
    abandon(why: RequestError) {
      for (const clientId of [...waiting.keys()]) take(clientId)?.reject(why)
    },
  }
}
