/** The client side of RFC 6455 for a load generator: no extensions, and a masking key of zeros, which is valid and costs nothing. */

const text = 1
const closing = 8
const ping = 9
const pong = 10

export const textFrame = (payload: string | Uint8Array): Buffer => frame(text, payload)

function frame(opcode: number, payload: string | Uint8Array): Buffer {
  const body = Buffer.from(payload as string)
  const head =
    body.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | body.length, 0, 0, 0, 0])
      : Buffer.from([0x80 | opcode, 0x80 | 126, body.length >> 8, body.length & 255, 0, 0, 0, 0])
  return Buffer.concat([head, body])
}

type Listener = {
  /** The text is `chunk` from `start` to `end`, not decoded: most readers need only a number. */
  text(chunk: Buffer, start: number, end: number): void
  answer(frame: Buffer): void
  closed(code: number): void
}

const nothing = Buffer.alloc(0)

/** Takes chunks of bytes and reports each complete frame. */
export function createFrameReader(listener: Listener) {
  let rest: Buffer = nothing
  return (bytes: Buffer): void => {
    const chunk = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    let at = 0
    while (chunk.length - at >= 2) {
      let length = chunk[at + 1]! & 127
      let start = at + 2
      if (length === 126) {
        if (chunk.length < at + 4) break
        length = chunk.readUInt16BE(at + 2)
        start = at + 4
      } else if (length === 127) {
        if (chunk.length < at + 10) break
        length = Number(chunk.readBigUInt64BE(at + 2))
        start = at + 10
      }
      const end = start + length
      if (end > chunk.length) break
      const opcode = chunk[at]! & 15
      if (opcode === text) listener.text(chunk, start, end)
      else if (opcode === ping) listener.answer(frame(pong, chunk.subarray(start, end)))
      else if (opcode === closing) listener.closed(length >= 2 ? chunk.readUInt16BE(start) : 1005)
      at = end
    }
    rest = at === chunk.length ? nothing : at === 0 ? chunk : Buffer.from(chunk.subarray(at))
  }
}
