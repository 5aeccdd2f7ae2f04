import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import { isUsersChoice } from '../../sdk/errors.ts'
import type { ActTools } from './act-tools.ts'

export type Had = {
  /** Whether a view of yours has something; until the server has said so, whether it had the last time. */
  readonly some: ReadonlySignal<boolean>
  note(some: boolean): void
}

/** Kept in this browser until you sign out: the row of the view is there from the first drawing, and pushes no room down later. */
export function createHad(view: string, { state, onClient }: Pick<ActTools, 'state' | 'onClient'>): Had {
  const some = signal(false)
  let owner: string | undefined
  const note = (next: boolean): void => {
    some.value = next
    if (owner !== undefined) write(keyOf(view, owner), next)
  }
  onClient(() => {
    owner = undefined
    some.value = false
  })
  const me = computed(() => state.value.me?.username)
  effect(() => {
    if (me.value === undefined) return
    owner = me.value
    note(some.peek() || read(keyOf(view, owner)))
  })
  effect(() => {
    if (!isUsersChoice(state.value.endedBecause ?? '')) return
    note(false)
    owner = undefined
  })
  return { some, note }
}

const keyOf = (view: string, username: string): string => `parley.had ${view} ${username}`

/** A browser may forbid storage: then the rows come when the server has said so. */
function read(key: string): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}

function write(key: string, some: boolean): void {
  try {
    if (some) localStorage.setItem(key, '1')
    else localStorage.removeItem(key)
  } catch {
    // As in `read`.
  }
}
