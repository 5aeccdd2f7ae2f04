import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Socket } from 'bun'

/*
 * A desktop that shows notifications: as much of D-Bus and of org.freedesktop.Notifications as Chromium asks for, from their
 * specifications. So a test sees what the browser really shows, and its click is a real one, which may open a window.
 */

export type Notified = { id: number; title: string; body: string }
type Field = readonly [code: number, signature: 'o' | 's' | 'g' | 'u', value: string | number]
type Call = { serial: number; member: string; from: string; silent: boolean; body: Reader }

const bus = 'org.freedesktop.DBus'
const service = 'org.freedesktop.Notifications'
/** The unique name of the desktop. */
const own = ':1.0'

export async function startDesktop() {
  const directory = await mkdtemp(join(tmpdir(), 'parley-desktop-'))
  const path = join(directory, 'bus')
  const shown = new Map<number, Notified>()
  const clients = new Map<Socket, { name: string; read: Buffer; isIn: boolean }>()
  let [ids, names, serials] = [0, 0, 0]

  const send = (socket: Socket, type: number, fields: Field[], signature = '', values: Value[] = []) =>
    socket.write(encode(type, ++serials, fields, signature, values))

  const answers: Record<string, (call: Call) => [signature: string, ...Value[]] | undefined> = {
    Hello: ({ from }) => ['s', from],
    RequestName: () => ['u', 1],
    NameHasOwner: ({ body }) => ['b', body.text() === service ? 1 : 0],
    GetNameOwner: ({ body }) => (body.text() === service ? ['s', own] : undefined),
    ListActivatableNames: () => ['as', [service]],
    AddMatch: () => [''],
    RemoveMatch: () => [''],
    GetCapabilities: () => ['as', ['actions', 'body', 'persistence']],
    GetServerInformation: () => ['ssss', 'desktop', 'Parley', '1', '1.2'],
    Notify({ body }) {
      body.text()
      const replaced = body.number()
      body.text()
      const id = replaced || ++ids
      shown.set(id, { id, title: body.text(), body: body.text() })
      return ['u', id]
    },
    CloseNotification({ body }) {
      close(body.number(), 3)
      return ['']
    },
  }

  const signal = (member: string, signature: string, ...values: Value[]) => {
    const fields: Field[] = [
      [1, 'o', '/org/freedesktop/Notifications'],
      [2, 's', service],
      [3, 's', member],
      [7, 's', own],
      [8, 'g', signature],
    ]
    for (const [socket, { isIn }] of clients) if (isIn) send(socket, 4, fields, signature, values)
  }
  const close = (id: number, reason: number) => {
    if (shown.delete(id)) signal('NotificationClosed', 'uu', id, reason)
  }

  const answer = (socket: Socket, call: Call) => {
    if (call.silent) return
    const to: Field[] = [
      [5, 'u', call.serial],
      [6, 's', call.from],
    ]
    const found = answers[call.member]?.(call)
    if (!found) return send(socket, 3, [[4, 's', `${bus}.Error.UnknownMethod`], ...to, [7, 's', bus]])
    const [signature, ...values] = found
    const from =
      ['Notify', 'CloseNotification'].includes(call.member) || /^Get[CS]/.test(call.member) ? own : bus
    const typed: Field[] = signature === '' ? [] : [[8, 'g', signature]]
    return send(socket, 2, [...to, [7, 's', from], ...typed], signature, values)
  }

  const server = Bun.listen({
    unix: path,
    socket: {
      open(socket) {
        clients.set(socket, { name: `:1.${++names}`, read: Buffer.alloc(0), isIn: false })
      },
      close: (socket) => void clients.delete(socket),
      data(socket, bytes) {
        const client = clients.get(socket)!
        client.read = Buffer.concat([client.read, bytes])
        if (!client.isIn) authenticate(socket, client)
        for (let size = sizeOf(client); size > 0 && client.read.length >= size; size = sizeOf(client)) {
          const call = decode(client.read.subarray(0, size), client.name)
          client.read = client.read.subarray(size)
          if (call) answer(socket, call)
        }
      },
    },
  })

  return {
    environment: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
    shown: (): Notified[] => [...shown.values()],
    /** A notification that is clicked goes. */
    click(id: number) {
      signal('ActionInvoked', 'us', id, 'default')
      close(id, 2)
    },
    async stop() {
      server.stop(true)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Lines of text, until the client begins with messages. */
function authenticate(socket: Socket, client: { read: Buffer; isIn: boolean }): void {
  while (!client.isIn) {
    const end = client.read.indexOf('\r\n')
    if (end < 0) return
    const line = client.read.toString('latin1', 0, end).replace(/^\0/, '')
    client.read = client.read.subarray(end + 2)
    if (line === 'BEGIN') client.isIn = true
    else if (line.startsWith('AUTH EXTERNAL')) socket.write(`OK ${'0'.repeat(32)}\r\n`)
    else socket.write(line.startsWith('AUTH') ? 'REJECTED EXTERNAL\r\n' : 'ERROR\r\n')
  }
}

const padded = (length: number, to: number): number => Math.ceil(length / to) * to

/** The length of the next message; 0 while its first bytes are not here. */
const sizeOf = ({ read, isIn }: { read: Buffer; isIn: boolean }): number =>
  isIn && read.length >= 16 ? padded(16 + read.readUInt32LE(12), 8) + read.readUInt32LE(4) : 0

type Reader = ReturnType<typeof reader>

function reader(bytes: Buffer, start = 0) {
  let at = start
  const take = (length: number) => {
    at += length + 1
    return bytes.toString('utf8', at - length - 1, at - 1)
  }
  const number = () => {
    at = padded(at, 4) + 4
    return bytes.readUInt32LE(at - 4)
  }
  return {
    number,
    text: () => take(number()),
    signature: () => take(bytes[at++]!),
    byte: () => bytes[at++]!,
    align(to: number) {
      at = padded(at, to)
      return at
    },
  }
}

/** Undefined for what is no call. */
function decode(bytes: Buffer, from: string): Call | undefined {
  const head = reader(bytes, 12)
  const end = 16 + head.number()
  let member = ''
  while (head.align(8) < end) {
    const code = head.byte()
    const signature = head.signature()
    const value = signature === 'g' ? head.signature() : signature === 'u' ? head.number() : head.text()
    if (code === 3) member = String(value)
  }
  const body = reader(bytes.subarray(padded(end, 8)))
  return bytes[1] === 1
    ? { serial: bytes.readUInt32LE(8), member, from, silent: (bytes[2]! & 1) === 1, body }
    : undefined
}

type Value = string | number | string[]

function writer() {
  const bytes: number[] = []
  const align = (to: number) => {
    while (bytes.length % to !== 0) bytes.push(0)
  }
  const number = (value: number) => {
    align(4)
    bytes.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255)
  }
  const signature = (text: string) => void bytes.push(text.length, ...Buffer.from(text), 0)
  const text = (value: string) => {
    const encoded = Buffer.from(value)
    number(encoded.length)
    bytes.push(...encoded, 0)
  }
  const list = (texts: string[]) => {
    const inner = writer()
    for (const each of texts) inner.text(each)
    number(inner.bytes.length)
    bytes.push(...inner.bytes)
  }
  const value = (kind: string, given: Value) => {
    if (Array.isArray(given)) list(given)
    else if (kind === 'g') signature(String(given))
    else if (typeof given === 'number') number(given)
    else text(given)
  }
  return { bytes, align, number, text, signature, value }
}

function encode(type: number, serial: number, fields: Field[], signature: string, values: Value[]): Buffer {
  const body = writer()
  const kinds = signature.match(/as|./g) ?? []
  for (const [index, value] of values.entries()) body.value(kinds[index]!, value)
  const list = writer()
  for (const [code, kind, value] of fields) {
    list.align(8)
    list.bytes.push(code)
    list.signature(kind)
    list.value(kind, value)
  }
  const head = writer()
  head.bytes.push('l'.charCodeAt(0), type, 1, 1)
  head.number(body.bytes.length)
  head.number(serial)
  head.number(list.bytes.length)
  head.bytes.push(...list.bytes)
  head.align(8)
  return Buffer.from([...head.bytes, ...body.bytes])
}
