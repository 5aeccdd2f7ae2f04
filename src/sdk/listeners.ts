import { callHandler } from './call-handler.ts'
import type { RequestError } from './errors.ts'
import type { ClientEvent, EventOf } from './state.ts'
import { createStream } from './stream.ts'
import type { Abortable } from './waiting.ts'

type Handler<Type extends ClientEvent['type'] | '*'> = (
  event: Type extends ClientEvent['type'] ? EventOf<Type> : ClientEvent,
) => void

/** `room`: events of one room only; the stream ends after `room.closed`. */
type StreamOptions = Abortable & { room?: string }
export type EventStream = AsyncIterableIterator<ClientEvent>

export type Listeners = {
  on<Type extends ClientEvent['type'] | '*'>(type: Type, handler: Handler<Type>): () => void
  emit(event: ClientEvent): void
  stream(options?: StreamOptions): EventStream
  /** Ends every stream, or those of a room; with an error if the application did not ask for the end. */
  finish(ending?: { room?: string; error?: RequestError }): void
}

export function createListeners(): Listeners {
  const handlers = new Map<string, Set<(event: ClientEvent) => void>>()
  const streams = new Set<{ room: string | undefined; end(error?: RequestError): void }>()

  const on = (type: string, handler: (event: ClientEvent) => void) => {
    const those = handlers.get(type) ?? new Set()
    handlers.set(type, those.add(handler))
    return () => void those.delete(handler)
  }

  return {
    on: (type, handler) => on(type, handler as (event: ClientEvent) => void),
    emit(event) {
      for (const type of [event.type, '*'])
        for (const handler of [...(handlers.get(type) ?? [])]) callHandler(() => handler(event))
    },
    stream({ room, signal } = {}) {
      const off = on('*', (event) => {
        if (room !== undefined && roomOfEvent(event) !== room) return
        stream.push(event)
        if (room !== undefined && event.type === 'room.closed') stream.end()
      })
      const stream = createStream<ClientEvent>({
        signal,
        ended() {
          off()
          streams.delete(entry)
        },
      })
      const entry = { room, end: stream.end }
      streams.add(entry)
      return stream.iterator
    },
    finish({ room, error } = {}) {
      for (const stream of [...streams]) if (room === undefined || stream.room === room) stream.end(error)
    },
  }
}

function roomOfEvent(event: ClientEvent): string | undefined {
  if (event.type === 'session.ending' || event.type === 'user.updated') return undefined
  if (event.type === 'reports.changed' || event.type === 'keywords.changed') return undefined
  if (event.type === 'arrangement.changed' || event.type === 'community.changed') return undefined
  return event.type === 'room.opened' ? event.room.id : event.room
}
