import { aside } from './aside.ts'
import type { ClientEvent, EventOf } from './state.ts'

type Handler<Type extends ClientEvent['type'] | '*'> = (
  event: Type extends ClientEvent['type'] ? EventOf<Type> : ClientEvent,
) => void

export type Listeners = {
  on<Type extends ClientEvent['type'] | '*'>(type: Type, handler: Handler<Type>): () => void
  tell(event: ClientEvent): void
  stream(): AsyncIterableIterator<ClientEvent>
  /** Ends every stream. */
  finish(): void
}

/** A reader that does not keep up must not fill the memory. */
const mostWaiting = 10_000

export function createListeners(): Listeners {
  const handlers = new Map<string, Set<(event: ClientEvent) => void>>()
  const endings = new Set<() => void>()

  const on = (type: string, handler: (event: ClientEvent) => void) => {
    const those = handlers.get(type) ?? new Set()
    handlers.set(type, those.add(handler))
    return () => void those.delete(handler)
  }

  return {
    on: (type, handler) => on(type, handler as (event: ClientEvent) => void),
    tell(event) {
      for (const type of [event.type, '*'])
        for (const handler of [...(handlers.get(type) ?? [])]) aside(() => handler(event))
    },
    stream() {
      const waiting: ClientEvent[] = []
      let wake: (() => void) | undefined
      let over = false
      const end = () => {
        over = true
        off()
        endings.delete(end)
        wake?.()
      }
      const off = on('*', (event) => {
        if (waiting.push(event) > mostWaiting) end()
        wake?.()
      })
      endings.add(end)
      return {
        async next() {
          while (waiting.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve))
          const value = waiting.shift()
          return value ? { value, done: false } : { value: undefined, done: true }
        },
        async return() {
          end()
          return { value: undefined, done: true }
        },
        [Symbol.asyncIterator]() {
          return this
        },
      }
    },
    finish() {
      for (const end of [...endings]) end()
    },
  }
}
