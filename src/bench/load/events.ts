import type { Dialect } from './job.ts'
import { readDigits } from './marker.ts'

/**
 * Reads the `seq` of a delivered message without decoding the frame. Within a room the text before it is always the same, so
 * the position is that of the first message. A load generator that parses JSON would measure itself.
 */
export function createSeqReader(dialect: Dialect) {
  let seqAt = 0
  const isMessage =
    dialect === 'parley'
      ? // {"type":"message.created" and no other begins like that at these places.
        (bytes: Buffer, start: number) => bytes[start + 11] === 115 && bytes[start + 17] === 99
      : (bytes: Buffer, start: number) => bytes[start + 11] === 115

  return {
    /** Undefined if this is not a message, or the position is not known yet. */
    read(bytes: Buffer, start: number, end: number): number | undefined {
      if (seqAt === 0 || !isMessage(bytes, start)) return undefined
      const at = start + seqAt
      // …"seq":
      if (bytes[at - 1] !== 58 || bytes[at - 3] !== 113) return undefined
      return readDigits(bytes, at, end)
    },
    learn(text: string): void {
      if (/^\{"type":"message(\.created)?"/.test(text)) seqAt = text.indexOf('"seq":') + '"seq":'.length
    },
  }
}
