import { type ReadonlySignal, signal } from '@preact/signals'

export type Pages<Item> = { readonly items: readonly Item[]; readonly more: boolean; readonly busy: boolean }
type Page<Item, Cursor> = { items: Item[]; next?: Cursor }

type Listing<Item> = {
  /** Undefined until the first page is loaded. */
  readonly pages: ReadonlySignal<Pages<Item> | undefined>
  /** Loads the first page. The items shown before stay until it is there. */
  start(): Promise<void>
  more(): Promise<void>
  /** Replaces an item that has changed. */
  replace(isIt: (item: Item) => boolean, item: Item): void
  clear(): void
}

/** A list that the server sends page by page. The response to an older request is ignored. */
export function createListing<Item, Cursor>(
  ask: (next: Cursor | undefined) => Promise<Page<Item, Cursor>>,
): Listing<Item> {
  const pages = signal<Pages<Item> | undefined>()
  let next: Cursor | undefined
  let asked = 0

  const load = async (after: Cursor | undefined, before: readonly Item[]) => {
    asked += 1
    const mine = asked
    if (pages.value) pages.value = { ...pages.value, busy: true }
    try {
      const page = await ask(after)
      if (mine !== asked) return
      next = page.next
      pages.value = { items: [...before, ...page.items], more: next !== undefined, busy: false }
    } catch (error) {
      if (mine === asked && pages.value) pages.value = { ...pages.value, busy: false }
      throw error
    }
  }

  return {
    pages,
    start: () => load(undefined, []),
    async more() {
      const now = pages.value
      if (now && !now.busy && next !== undefined) await load(next, now.items)
    },
    replace(isIt, item) {
      const now = pages.value
      if (now) pages.value = { ...now, items: now.items.map((each) => (isIt(each) ? item : each)) }
    },
    clear() {
      asked += 1
      next = undefined
      pages.value = undefined
    },
  }
}
