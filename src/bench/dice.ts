export type Dice = ReturnType<typeof createDice>

/** Random numbers that are the same for the same seed (mulberry32). */
export function createDice(seed: number) {
  let state = seed >>> 0

  /** 0 ≤ n < 1. */
  function roll(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const between = (least: number, most: number): number => least + roll() * (most - least)
  const below = (most: number): number => Math.floor(roll() * most)
  return {
    roll,
    between,
    below,
    pick: <Item>(items: readonly Item[]): Item => items[below(items.length)]!,
    shuffled<Item>(items: readonly Item[]): Item[] {
      const all = [...items]
      for (let last = all.length - 1; last > 0; last--) {
        const other = below(last + 1)
        ;[all[last], all[other]] = [all[other]!, all[last]!]
      }
      return all
    },
  }
}
