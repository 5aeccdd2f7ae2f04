/** Reads a stream by numbers of bytes. */
export function createReader(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)

  async function more(): Promise<boolean> {
    const { value, done } = await iterator.next()
    if (done) return false
    held = held.length === 0 ? Buffer.from(value) : Buffer.concat([held, value])
    return true
  }

  /** Fewer at the end. */
  async function take(count: number): Promise<Buffer> {
    while (held.length < count && (await more()));
    const taken = held.subarray(0, count)
    held = held.subarray(taken.length)
    return taken
  }

  /** So many bytes, in pieces. */
  async function* pass(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (held.length === 0 && !(await more())) return
      const piece = held.subarray(0, left)
      held = held.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  async function skip(count: number): Promise<void> {
    for await (const _ of pass(count));
  }

  /** Everything up to where `endOf` finds an end; it gets what there is, and says how many of its bytes are sure to come before one. */
  async function* passUntil(
    endOf: (bytes: Buffer) => { sure: number; found: boolean },
  ): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { sure, found } = endOf(held)
      if (sure > 0) yield held.subarray(0, sure)
      held = held.subarray(sure)
      if (found) return
      if (await more()) continue
      if (held.length > 0) yield held
      held = Buffer.alloc(0)
      return
    }
  }

  return { take, pass, skip, passUntil, end: async () => void (await iterator.return?.()) }
}

export type Reader = ReturnType<typeof createReader>
