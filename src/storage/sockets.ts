import { createConnection, Socket } from 'node:net'

type Target = { host: string[]; port: number[]; path?: string | false }
type Watched = { read: number; lastReadAt: number; lost(): void }

const lookEveryMs = 500

/**
 * The sockets under postgres.js. It would notice a connection whose other end has gone silent (a frozen server, a cut
 * cable) only when the kernel does, after a quarter of an hour; here it can be given up.
 */
export function createSockets() {
  const sockets = new Map<Socket, Watched>()
  const timer = setInterval(look, lookEveryMs)
  timer.unref()

  /** Given out before it is connected: postgres.js forgets a connection for ever whose socket could not be made. */
  function open({ host, port, path }: Target, attempt: number, lost: () => void): Socket {
    const index = attempt % host.length
    const place = { host: host[index]!, port: port[index]! }
    const socket = path ? createConnection(path) : createConnection({ ...place, noDelay: true })
    // postgres.js reads these for its TLS server name and for its errors.
    Object.assign(socket, place)
    sockets.set(socket, { read: 0, lastReadAt: performance.now(), lost })
    // Before anyone else hears of the end; an event would be too late, and postgres.js removes listeners for TLS.
    const end = socket._destroy.bind(socket)
    socket._destroy = (error, done) => {
      forget(socket)
      end(error, done)
    }
    return socket
  }

  function forget(socket: Socket): void {
    const watched = sockets.get(socket)
    if (!sockets.delete(socket)) return
    if (watched && (socket.bytesRead > 0 || watched.read > 0)) watched.lost()
  }

  function look(): void {
    for (const [socket, watched] of sockets) {
      if (socket.destroyed) forget(socket)
      if (socket.bytesRead === watched.read) continue
      watched.read = socket.bytesRead
      watched.lastReadAt = performance.now()
    }
  }

  /** Ends every connection that has said nothing since then. */
  function dropSilentSince(at: number): void {
    look()
    for (const [socket, { lastReadAt }] of sockets) {
      if (lastReadAt < at) socket.destroy(connectionError('ETIMEDOUT', 'No answer from Postgres'))
    }
  }

  function close(): void {
    clearInterval(timer)
    for (const socket of sockets.keys()) socket.destroy()
  }

  return { open, dropSilentSince, close }
}

/** A socket that fails, but not before postgres.js listens to it. */
export function failingSocket(): Socket {
  const socket = new Socket()
  setImmediate(() => socket.destroy(connectionError('ECONNRESET', 'The connection to Postgres was lost')))
  return socket
}

function connectionError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
