import { apply } from './apply.ts'
import type { Event } from './state.ts'
import type { Store } from './store.ts'

const sendEveryMs = 3_000
/** The event that ends typing may be lost; more than two intervals without a new one end it too. */
const shownForMs = 7_000

export type Typing = {
  /** Call it on every key press; it is sent at most every 3 s. */
  typed(room: string): void
  receive(event: Event): void
  stop(): void
}

export function createTyping(store: Store, send: (room: string) => void): Typing {
  const sentMs = new Map<string, number>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  const clear = (room: string, username: string) => {
    timers.delete(`${room} ${username}`)
    store.update((state) => apply(state, { type: 'typing.changed', room, username, typing: false }).state)
  }

  return {
    typed(room) {
      const nowMs = performance.now()
      if (nowMs - (sentMs.get(room) ?? Number.NEGATIVE_INFINITY) < sendEveryMs) return
      sentMs.set(room, nowMs)
      send(room)
    },
    receive(event) {
      if (event.type !== 'typing.changed') return
      const { room, username, typing } = event
      const key = `${room} ${username}`
      clearTimeout(timers.get(key))
      timers.delete(key)
      if (typing)
        timers.set(
          key,
          setTimeout(() => clear(room, username), shownForMs),
        )
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      sentMs.clear()
    },
  }
}
