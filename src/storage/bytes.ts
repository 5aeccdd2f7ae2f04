/** Bytes that are collected in one place, which grows as needed. */
export type Bytes = {
  readonly length: number
  add(part: Uint8Array): void
  /** Valid until the next `add`. */
  from(start: number): Buffer
  cut(length: number): void
  /** A copy of all. */
  copy(): Uint8Array<ArrayBuffer>
}

const usualBytes = 256 * 1024

export function createBytes(): Bytes {
  let buffer = Buffer.allocUnsafe(usualBytes)
  let length = 0
  return {
    get length() {
      return length
    },
    add(part) {
      const needed = length + part.length
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, needed))
        buffer.copy(larger, 0, 0, length)
        buffer = larger
      }
      buffer.set(part, length)
      length = needed
    },
    from: (start) => buffer.subarray(start, length),
    cut(at) {
      length = at
      // One huge result must not keep its memory.
      if (at === 0 && buffer.length > usualBytes) buffer = Buffer.allocUnsafe(usualBytes)
    },
    copy: () => new Uint8Array(buffer.subarray(0, length)),
  }
}
