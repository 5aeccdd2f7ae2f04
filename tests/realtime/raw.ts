import { connect, type Socket } from 'node:net'
import type { Frame } from '../support/client.ts'
import { waitFor } from '../support/client.ts'

export type RawSocket = Awaited<ReturnType<typeof openRaw>>

/**
 * A WebSocket made of a bare TCP connection, so that it can do what no library does: not read, and not answer a ping.
 * It understands just the frames this server sends (RFC 6455, unmasked, not fragmented).
 */
export async function openRaw(
  server: { url: string },
  person: { token: string },
  path = '/ws',
  { greeted } = { greeted: true },
) {
  const { hostname, port, host } = new URL(server.url)
  const frames: Frame[] = []
  let pings = 0
  let closeCode: number | undefined
  let over = false
  let rest: Buffer = Buffer.alloc(0)
  let upgraded = false

  const socket: Socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.on('close', () => {
    over = true
  })
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    if (!upgraded) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      upgraded = true
      rest = rest.subarray(end + 4)
    }
    read()
  })

  function read(): void {
    for (let frame = takeFrame(); frame; frame = takeFrame()) {
      const { opcode, payload } = frame
      if (opcode === 1) frames.push(JSON.parse(payload.toString()) as Frame)
      else if (opcode === 8) closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
      else if (opcode === 9) pings++
    }
  }

  function takeFrame(): { opcode: number; payload: Buffer } | undefined {
    if (rest.length < 2) return undefined
    const short = rest[1]! & 0x7f
    const header = short === 126 ? 4 : short === 127 ? 10 : 2
    if (rest.length < header) return undefined
    const length =
      short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short
    if (rest.length < header + length) return undefined
    const frame = { opcode: rest[0]! & 0x0f, payload: rest.subarray(header, header + length) }
    rest = rest.subarray(header + length)
    return frame
  }

  const lines = [
    `GET ${path} HTTP/1.1`,
    `host: ${host}`,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    `authorization: Bearer ${person.token}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await waitFor('the hello', () => (greeted ? frames.length > 0 : upgraded))

  return {
    frames,
    pings: () => pings,
    closeCode: () => closeCode,
    isOver: () => over,
    /** A text frame with a mask of zeros. */
    send(command: object): void {
      const payload = Buffer.from(JSON.stringify(command))
      if (payload.length > 125) throw new Error('Too long for this small client')
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]))
    },
    stopReading: () => void socket.pause(),
    readOn: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  }
}
