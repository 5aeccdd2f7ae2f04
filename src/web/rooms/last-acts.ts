import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { lastMessage } from '../../sdk/last.ts'
import type { ActTools } from '../ground/act-tools.ts'

export type LastActs = {
  /** Whether the list shows the last words of each room: on a phone, where it has the page to itself. */
  readonly isShown: ReadonlySignal<boolean>
  /** `LastWords`, which is loaded after the page: a desk does not need it. */
  readonly Words: FunctionComponent<{ id: string }>
  /** The rooms of which the server was asked: those of them without a last message have none. */
  readonly asked: ReadonlySignal<ReadonlySet<string>>
}

/**
 * Asks for the last messages once the list is in view on a phone, and again for rooms that came later. What is said afterwards comes
 * with the events of the rooms, which are all open, so nobody asks again after a reconnection.
 */
export function lastActs(
  { state, page, client, onClient, quietly }: ActTools,
  Words: LastActs['Words'],
): LastActs {
  const isShown = computed(() => page.narrow.value && page.route.value.view === 'list')
  const asked = signal<ReadonlySet<string>>(new Set())
  let asking = false

  const ask = async (rooms: readonly string[]) => {
    const mine = client()
    asking = true
    try {
      await mine.loadLastMessages()
    } finally {
      asking = false
      // Also after an error: the next room, or the next page, asks again.
      if (mine === client()) asked.value = new Set([...asked.value, ...rooms])
    }
  }
  onClient((mine) => {
    asking = false
    asked.value = new Set()
    const forget = ({ room }: { room: string }) => {
      asked.value = new Set([...asked.value].filter((other) => other !== room))
    }
    mine.on('room.reset', forget)
    mine.on('room.closed', forget)
  })
  effect(() => {
    if (!isShown.value) return
    const { status, rooms } = state.value
    if (status !== 'online') return
    const known = asked.value
    const missing = Object.values(rooms)
      .filter((room) => room.role && !known.has(room.id) && !lastMessage(room))
      .map(({ id }) => id)
    if (missing.length > 0 && !asking) quietly(ask(missing))
  })
  return { isShown, Words, asked }
}
