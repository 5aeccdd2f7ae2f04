/** A map of limited size: a new entry in a full map removes the least recently used one. */
type Bounded<Key, Value> = {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
  readonly size: number
}

export function createBounded<Key, Value>(most: number): Bounded<Key, Value> {
  // A Map keeps the order of insertion. Each use inserts the entry again, so the first is the least recently used.
  const entries = new Map<Key, Value>()

  function set(key: Key, value: Value): void {
    if (!entries.delete(key) && entries.size >= most) entries.delete(entries.keys().next().value as Key)
    entries.set(key, value)
  }

  return {
    get(key) {
      const value = entries.get(key)
      // Half empty, it removes nothing soon: then reading costs no change of order.
      if (value !== undefined && entries.size > most / 2) set(key, value)
      return value
    },
    set,
    delete: (key) => void entries.delete(key),
    get size() {
      return entries.size
    },
  }
}
