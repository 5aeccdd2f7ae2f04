import { computed, type ReadonlySignal, signal } from '@preact/signals'

type DraftStore = {
  /** The drafts by room. */
  readonly drafts: ReadonlySignal<ReadonlyMap<string, string>>
  /** The rooms that have a draft; the same object while the set is the same. */
  readonly drafted: ReadonlySignal<ReadonlySet<string>>
  write(room: string, text: string): void
  /** Loads the drafts that this person has in this browser. */
  open(username: string): void
  /** Forgets the loaded drafts; the browser keeps them. */
  close(): void
  /** Deletes the drafts of the person whose drafts are loaded, also from the browser. */
  erase(): void
}

/** `edit` and `reply` say what a text is for: see `writing.ts`. `search`: what was looked for, which is kept in the same way. */
type DraftKind = 'draft' | 'edit' | 'reply' | 'search'

/** One storage entry for each room, so that two tabs do not overwrite each other's drafts. */
export function createDrafts(
  window: Pick<Window, 'localStorage' | 'addEventListener'>,
  kind: DraftKind = 'draft',
): DraftStore {
  /** Neither a username nor a room id has a space: `ben` never gets the drafts of `ben.c`. */
  const prefixOf = (username: string) => `parley.${kind} ${username} `
  const drafts = signal<ReadonlyMap<string, string>>(new Map())
  let owner: string | undefined
  let known: ReadonlySet<string> = new Set()

  /** A browser may forbid storage, or have none left: then a draft is lost when the page is closed. */
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

  // The event comes from other tabs only: a draft written in one tab appears in all.
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
