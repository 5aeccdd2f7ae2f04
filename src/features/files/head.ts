import { headBytes } from './kind.ts'

/** The beginning of a stream, and a stream of all of it. */
export async function headOf(
  source: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]()
  const pieces: Uint8Array[] = []
  for (let filled = 0; filled < headBytes; ) {
    const { value, done } = await iterator.next()
    if (done) break
    pieces.push(Buffer.from(value))
    filled += value.length
  }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces.splice(0)
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head: Buffer.concat(pieces).subarray(0, headBytes), bytes: bytes() }
}
