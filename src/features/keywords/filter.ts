/** 4 MB: with 200,000 keywords, of a million words that nobody has it lets one pass. */
const bits = 2 ** 25
const words = bits / 32

export type Filter = {
  add(hash: string): void
  /** False if it was never added; true if it was, and once in a while if it was not. */
  mayHave(hash: string): boolean
}

/** A set of hashes that needs the same memory however many there are (Bloom, 1970). What was added stays. */
export function createFilter(): Filter {
  let set: Uint32Array | undefined
  return {
    add(hash) {
      set ??= new Uint32Array(words)
      for (const at of placesOf(hash)) set[at >>> 5]! |= 1 << (at & 31)
    },
    mayHave(hash) {
      const known = set
      return known !== undefined && placesOf(hash).every((at) => (known[at >>> 5]! & (1 << (at & 31))) !== 0)
    },
  }
}

/** Four independent parts of the hash, which is a uuid. */
function placesOf(hash: string): number[] {
  const digits = hash.replaceAll('-', '')
  return [0, 8, 16, 24].map((at) => Number.parseInt(digits.slice(at, at + 8), 16) & (bits - 1))
}
