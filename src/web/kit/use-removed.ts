import { useState } from 'preact/hooks'

type Removed<Item> = { item: Item; at: number }

/**
 * For a list from which one press removes something: what was removed here keeps its place until the list is closed, so that
 * it can come back. An item whose removal has failed is still among `items`.
 */
export function useRemoved<Item>(items: readonly Item[] | undefined, keyOf: (item: Item) => string) {
  const [asked, setAsked] = useState<readonly Removed<Item>[]>([])
  const there = new Set(items?.map(keyOf))
  const shown = (items ?? []).map((item) => ({ item, removed: false }))
  for (const { item, at } of asked.toSorted((a, b) => a.at - b.at))
    if (items && !there.has(keyOf(item))) shown.splice(at, 0, { item, removed: true })
  const others = (item: Item) => asked.filter((each) => keyOf(each.item) !== keyOf(item))
  return {
    shown,
    remove: (item: Item) => {
      const at = shown.findIndex((each) => keyOf(each.item) === keyOf(item))
      setAsked([...others(item), { item, at }])
    },
    bringBack: (item: Item) => setAsked(others(item)),
  }
}
