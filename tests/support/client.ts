import { connect } from 'node:net'
import { patienceMs } from './patience.ts'

export type Person = {
  username: string
  email: string
  password: string
  id: string
  token: string
  refreshToken: string
}

// biome-ignore lint/suspicious/noExplicitAny: what a server under test answers is what the test finds out.
export type Answer = { status: number; headers: Headers; body: any }

/** The REST door as one person sees it (or as nobody, without one). */
export function rest(
  server: { url: string },
  person?: { token: string },
  headers: Record<string, string> = {},
) {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(server.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(person ? { authorization: `Bearer ${person.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  return {
    call,
    get: (path: string) => call('GET', path),
    post: (path: string, body?: unknown) => call('POST', path, body),
    put: (path: string, body?: unknown) => call('PUT', path, body),
    patch: (path: string, body?: unknown) => call('PATCH', path, body),
    delete: (path: string) => call('DELETE', path),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
export type Frame = Record<string, any> & { type: string }
type Match = string | ((frame: Frame) => boolean)

export type TestSocket = Awaited<ReturnType<typeof openSocket>>

/** A socket that remembers every frame it got. Resolves when it is open. */
export async function openSocket(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers } as unknown as string[])
  const all: Frame[] = []
  const listeners = new Set<() => void>()
  let read = 0
  let refs = 0
  let ended: { code: number; reason: string } | undefined
  const stirred = () => {
    for (const listener of [...listeners]) listener()
  }
  socket.onmessage = ({ data }) => {
    all.push(JSON.parse(String(data)) as Frame)
    stirred()
  }
  socket.onclose = ({ code, reason }) => {
    ended = { code, reason }
    stirred()
  }

  /** Resolves with what `fact` finds in all frames so far, as soon as it finds something. */
  function until<Found>(what: string, fact: () => Found | undefined | false): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = fact()
        if (found === undefined || found === false) return false
        listeners.delete(look)
        clearTimeout(timer)
        resolve(found)
        return true
      }
      const timer = setTimeout(() => {
        listeners.delete(look)
        const last = all.slice(-5).map((frame) => JSON.stringify(frame).slice(0, 300))
        reject(
          new Error(
            `Never came: ${what}. ${all.length} frames, ended ${JSON.stringify(ended)}. Last:\n${last.join('\n')}`,
          ),
        )
      }, patienceMs)
      if (!look()) listeners.add(look)
    })
  }

  const matches = (match: Match) => (frame: Frame) =>
    typeof match === 'string' ? frame.type === match : match(frame)

  /** The next frame that matches, of those not yet read; what comes before it counts as read. */
  async function next(match: Match): Promise<Frame> {
    const at = await until(String(match), () => {
      const index = all.findIndex((frame, index) => index >= read && matches(match)(frame))
      return index < 0 ? undefined : { index }
    })
    read = at.index + 1
    return all[at.index]!
  }

  /** Sends a command and resolves with its answer: a reply or an error. */
  async function ask(command: Record<string, unknown>): Promise<Frame> {
    const ref = `ask ${++refs}`
    send({ ...command, ref })
    return until(`the answer to ${JSON.stringify(command)}`, () => all.findLast((frame) => frame.ref === ref))
  }

  function send(frame: object | string | Uint8Array<ArrayBuffer>): void {
    if (typeof frame === 'string' || frame instanceof Uint8Array) socket.send(frame)
    else socket.send(JSON.stringify(frame))
  }

  const ending = () => until('the end of the socket', () => ended)

  async function close(): Promise<void> {
    socket.close()
    await ending()
  }

  socket.onopen = stirred
  await until('the opening of the socket', () => socket.readyState === WebSocket.OPEN || ended !== undefined)
  if (ended) throw new Error(`The socket was refused: ${JSON.stringify(ended)}`)
  return {
    all,
    send,
    ask,
    next,
    until,
    close,
    ending,
    /** Every frame of the server so far that has one of these types. */
    heard: (...types: string[]) => all.filter(({ type }) => types.includes(type)),
    /** The durable events heard so far, of all rooms. */
    events: () =>
      all.filter(({ seq, epoch, type }) => seq !== undefined && epoch !== undefined && type !== 'room.ready'),
    isOpen: () => ended === undefined,
  }
}

export const bearer = (person: { token: string }): Record<string, string> => ({
  authorization: `Bearer ${person.token}`,
})

/** A socket of a person; on `/ws` unless a path is given. */
export const socketOf = (server: { url: string }, person: { token: string }, path = '/ws') =>
  openSocket(server.url + path, bearer(person))

/** Asks for a socket and says what came instead of one: the HTTP status, 101 if it was let in. */
export function tryUpgrade(server: { url: string }, path: string, headers: Record<string, string> = {}) {
  const { hostname, port, host } = new URL(server.url)
  const asked = {
    host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }
  const lines = Object.entries(asked).map(([name, value]) => `${name}: ${value}`)
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`),
    )
    const finish = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text })
    }
    const timer = setTimeout(() => reject(new Error(`No answer to ${path.slice(0, 80)}`)), patienceMs)
    socket.on('data', (chunk) => {
      text += String(chunk)
      const [head, body = ''] = text.split('\r\n\r\n')
      if (body === '' && !text.includes('\r\n\r\n')) return
      const length = Number(/content-length: (\d+)/i.exec(head ?? '')?.[1] ?? 0)
      if (Buffer.byteLength(body) >= length) finish()
    })
    socket.on('close', finish)
    socket.on('error', finish)
  })
}

export async function waitFor<Found>(
  what: string,
  fact: () => Promise<Found | undefined | false> | Found | undefined | false,
): Promise<Found> {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    const found = await fact()
    if (found !== undefined && found !== false) return found
    await Bun.sleep(5)
  }
  throw new Error(`Never came true: ${what}`)
}
