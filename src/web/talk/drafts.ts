import { computed, type ReadonlySignal, signal } from '@preact/signals'

export type DraftShelf = {
  /** What is half written, by room. */
  readonly drafts: ReadonlySignal<ReadonlyMap<string, string>>
  /** The rooms in which something is. The same set again stays the same object. */
  readonly drafted: ReadonlySignal<ReadonlySet<string>>
  write(room: string, text: string): void
  /** Takes up what this person left behind in this browser. */
  open(username: string): void
  /** Puts away what is open; what is kept stays. */
  close(): void
  /** Of whoever's is open, everywhere in this browser. */
  erase(): void
}

/** A space is in no username and in no room: `ben` never gets what `ben.c` wrote. */
const prefixOf = (username: string) => `parley.draft ${username} `

/** One entry a room, so that two tabs that write in two rooms do not overwrite each other's. */
export function createDrafts(window: Pick<Window, 'localStorage' | 'addEventListener'>): DraftShelf {
  const drafts = signal<ReadonlyMap<string, string>>(new Map())
  let owner: string | undefined
  let known: ReadonlySet<string> = new Set()

  /** A browser may forbid storage, or have none left: then a draft lives as long as the page. */
  const quietly = <Result>(act: (storage: Storage) => Result): Result | undefined => {
    try {
      return act(window.localStorage)
    } catch {
      return undefined
    }
  }
  const keysOf = (username: string, storage: Storage) =>
    Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((key) =>
      key.startsWith(prefixOf(username)),
    )
  const put = (room: string, text: string) => {
    if ((drafts.value.get(room) ?? '') === text) return
    const next = new Map(drafts.value)
    if (text === '') next.delete(room)
    else next.set(room, text)
    drafts.value = next
  }

  // Only other tabs are heard here: what is written in one stands in all.
  window.addEventListener('storage', ({ key, newValue }) => {
    if (owner !== undefined && key?.startsWith(prefixOf(owner)))
      put(key.slice(prefixOf(owner).length), newValue ?? '')
  })

  return {
    drafts,
    drafted: computed(() => {
      const now = [...drafts.value].filter(([, text]) => text.trim() !== '').map(([room]) => room)
      if (now.length !== known.size || now.some((room) => !known.has(room))) known = new Set(now)
      return known
    }),
    write(room, text) {
      put(room, text)
      if (owner === undefined) return
      const key = prefixOf(owner) + room
      quietly((storage) => (text === '' ? storage.removeItem(key) : storage.setItem(key, text)))
    },
    open(username) {
      owner = username
      const prefix = prefixOf(username)
      drafts.value = new Map(
        quietly((storage) =>
          keysOf(username, storage).map(
            (key) => [key.slice(prefix.length), storage.getItem(key) ?? ''] as const,
          ),
        ),
      )
    },
    close() {
      owner = undefined
      drafts.value = new Map()
    },
    erase() {
      const username = owner
      if (username !== undefined)
        quietly((storage) => {
          for (const key of keysOf(username, storage)) storage.removeItem(key)
        })
      drafts.value = new Map()
    },
  }
}
