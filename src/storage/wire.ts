/** The messages of Postgres' protocol, version 3, that one statement needs. Every value is text. */

/** Of a message: its letter, and its length without the letter. */
const headerBytes = 5

const encoder = new TextEncoder()

const firstBytes = 64 * 1024
/** A larger buffer, for a large value, is not kept for the next message. */
const mostKept = 1 << 20

/** Writes messages one after the other; `take` returns them as one, valid until the next `take`. */
export function createMessages() {
  let buffer = Buffer.allocUnsafe(firstBytes)
  let end = 0
  let start = 0

  function reserve(bytes: number): void {
    if (end + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes))
    buffer.copy(larger, 0, 0, end)
    buffer = larger
  }

  function begin(letter: string): void {
    reserve(headerBytes)
    start = end
    buffer[end] = letter.charCodeAt(0)
    end += headerBytes
  }

  function finish(): void {
    buffer.writeInt32BE(end - start - 1, start + 1)
  }

  function int16(value: number): void {
    reserve(2)
    end = buffer.writeUInt16BE(value, end)
  }

  function int32(value: number): void {
    reserve(4)
    end = buffer.writeInt32BE(value, end)
  }

  /** Returns how many bytes it has. */
  function text(value: string): number {
    reserve(value.length * 3)
    const { written } = encoder.encodeInto(value, buffer.subarray(end))
    end += written
    return written
  }

  function ended(value: string): void {
    text(value)
    reserve(1)
    buffer[end++] = 0
  }

  function writeBind(name: string, values: readonly (string | null)[]): void {
    begin('B')
    ended('')
    ended(name)
    int16(0)
    int16(values.length)
    for (const value of values) {
      int32(-1)
      if (value === null) continue
      const at = end - 4
      const bytes = text(value)
      buffer.writeInt32BE(bytes, at)
    }
    int16(0)
    finish()
  }

  return {
    parse(name: string, statement: string): void {
      begin('P')
      ended(name)
      ended(statement)
      int16(0)
      finish()
    },
    describe(name: string): void {
      begin('D')
      text('S')
      ended(name)
      finish()
    },
    bind(name: string, values: readonly (string | null)[]): void {
      const from = end
      try {
        writeBind(name, values)
      } catch (error) {
        // Nothing half written goes out with the next message.
        end = from
        throw error
      }
    },
    execute(): void {
      begin('E')
      ended('')
      int32(0)
      finish()
    },
    close(name: string): void {
      begin('C')
      text('S')
      ended(name)
      finish()
    },
    sync(): void {
      begin('S')
      finish()
    },
    take(): Uint8Array {
      const message = buffer.subarray(0, end)
      end = 0
      if (buffer.length > mostKept) buffer = Buffer.allocUnsafe(firstBytes)
      return message
    },
  }
}

/** One message of the database: its letter, and where its content is. */
export type Visit = (letter: number, from: number, to: number) => void

/** Visits each message of `bytes`. */
export function readMessages(bytes: Buffer, visit: Visit): void {
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const next = at + 1 + bytes.readInt32BE(at + 1)
    visit(bytes[at]!, at + headerBytes, next)
    at = next
  }
}

export const letters = {
  command: 'C'.charCodeAt(0),
  empty: 'I'.charCodeAt(0),
  error: 'E'.charCodeAt(0),
  parameters: 't'.charCodeAt(0),
  ready: 'Z'.charCodeAt(0),
  row: 'D'.charCodeAt(0),
  shape: 'T'.charCodeAt(0),
}

/** The text that ends before a zero byte, and what follows. */
export function readText(bytes: Buffer, from: number): [text: string, next: number] {
  const end = bytes.indexOf(0, from)
  return [bytes.toString('utf8', from, end), end + 1]
}
