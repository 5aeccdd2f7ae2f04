import { apply } from './apply.ts'
import type { Event } from './state.ts'
import type { Store } from './store.ts'

const tellEveryMs = 3_000
/** The event that says "no longer typing" may be shed; twice the telling interval without news says it too. */
const believeForMs = 7_000

export type Typing = {
  /** Call it on every key press: it tells the room at most every 3 s. */
  tell(room: string): void
  heard(event: Event): void
  stop(): void
}

export function createTyping(store: Store, send: (room: string) => void): Typing {
  const toldMs = new Map<string, number>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  const forget = (room: string, username: string) => {
    timers.delete(`${room} ${username}`)
    store.update((state) => apply(state, { type: 'typing.changed', room, username, typing: false }).state)
  }

  return {
    tell(room) {
      const nowMs = performance.now()
      if (nowMs - (toldMs.get(room) ?? Number.NEGATIVE_INFINITY) < tellEveryMs) return
      toldMs.set(room, nowMs)
      send(room)
    },
    heard(event) {
      if (event.type !== 'typing.changed') return
      const { room, username, typing } = event
      const key = `${room} ${username}`
      clearTimeout(timers.get(key))
      timers.delete(key)
      if (typing)
        timers.set(
          key,
          setTimeout(() => forget(room, username), believeForMs),
        )
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      toldMs.clear()
    },
  }
}
