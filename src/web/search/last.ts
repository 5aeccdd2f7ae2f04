import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import { isUsersChoice } from '../../sdk/errors.ts'
import type { ActTools } from '../ground/act-tools.ts'

const most = 6
const longest = 200

export type LastSearches = {
  /** What the person has looked for on this device, the newest first. It ends when they sign out. */
  readonly last: ReadonlySignal<readonly string[]>
  note(text: string): void
  forget(): void
}

const keyOf = (username: string): string => `parley.search ${username}`

export function lastSearches({ state, onClient }: Pick<ActTools, 'state' | 'onClient'>): LastSearches {
  const last = signal<readonly string[]>([])
  let owner: string | undefined
  const keep = (texts: readonly string[]): void => {
    last.value = texts
    if (owner !== undefined) write(keyOf(owner), texts)
  }
  onClient(() => {
    owner = undefined
    last.value = []
  })
  const me = computed(() => state.value.me?.username)
  effect(() => {
    owner = me.value ?? owner
    if (me.value !== undefined) last.value = read(keyOf(me.value))
  })
  effect(() => {
    if (isUsersChoice(state.value.endedBecause ?? '')) keep([])
  })
  return {
    last,
    note(text) {
      const found = text.trim().slice(0, longest)
      if (found !== '') keep([found, ...last.value.filter((each) => each !== found)].slice(0, most))
    },
    forget: () => keep([]),
  }
}

/** A browser may forbid storage: then they are lost when the page is closed. */
function read(key: string): readonly string[] {
  try {
    const texts: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(texts) ? texts.filter((each) => typeof each === 'string').slice(0, most) : []
  } catch {
    return []
  }
}

function write(key: string, texts: readonly string[]): void {
  try {
    if (texts.length === 0) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(texts))
  } catch {
    // As in `read`.
  }
}
