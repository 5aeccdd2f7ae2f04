import { type ReadonlySignal, signal } from '@preact/signals'

export type Pages<Item> = { readonly items: readonly Item[]; readonly more: boolean; readonly busy: boolean }
type Page<Item> = { items: Item[]; next?: string | number }

export type Listing<Item> = {
  /** Undefined until the first page has come. */
  readonly pages: ReadonlySignal<Pages<Item> | undefined>
  /** From the beginning; what is shown stays until the new first page is there. */
  start(): Promise<void>
  more(): Promise<void>
  /** Puts what has changed in the place of what it was. */
  put(isIt: (item: Item) => boolean, item: Item): void
  forget(): void
}

/** A list the server gives page by page. An answer that was overtaken by a newer question is dropped. */
export function createListing<Item>(
  ask: (next: string | number | undefined) => Promise<Page<Item>>,
): Listing<Item> {
  const pages = signal<Pages<Item> | undefined>()
  let next: string | number | undefined
  let asked = 0

  const load = async (after: string | number | undefined, before: readonly Item[]) => {
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
    put(isIt, item) {
      const now = pages.value
      if (now) pages.value = { ...now, items: now.items.map((each) => (isIt(each) ? item : each)) }
    },
    forget() {
      asked += 1
      next = undefined
      pages.value = undefined
    },
  }
}
