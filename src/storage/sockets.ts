import { createConnection, type Socket } from 'node:net'

type Target = { host: string[]; port: number[]; path?: string | false }
type Watched = { read: number; lastReadAt: number }

const lookEveryMs = 500

/**
 * The sockets under postgres.js. It would notice a connection whose other end has gone silent (a frozen server, a cut
 * cable) only when the kernel does, after a quarter of an hour; here the connection can be dropped.
 */
export function createSockets() {
  const sockets = new Map<Socket, Watched>()
  const timer = setInterval(look, lookEveryMs)
  timer.unref()

  /** Returned before it is connected: postgres.js 3.4.9 loses a connection whose socket could not be made. */
  function open({ host, port, path }: Target, attempt: number): Socket {
    const index = attempt % host.length
    const place = { host: host[index]!, port: port[index]! }
    const socket = path ? createConnection(path) : createConnection({ ...place, noDelay: true })
    // postgres.js reads these for its TLS server name and for its errors.
    Object.assign(socket, place)
    sockets.set(socket, { read: 0, lastReadAt: performance.now() })
    return socket
  }

  // By looking, not by events: postgres.js removes every listener of a socket when it turns to TLS.
  function look(): void {
    for (const [socket, watched] of sockets) {
      if (socket.destroyed) sockets.delete(socket)
      if (socket.bytesRead === watched.read) continue
      watched.read = socket.bytesRead
      watched.lastReadAt = performance.now()
    }
  }

  function dropSilentSince(at: number): void {
    look()
    for (const [socket, { lastReadAt }] of sockets) {
      if (lastReadAt < at)
        socket.destroy(Object.assign(new Error('Postgres does not respond'), { code: 'ETIMEDOUT' }))
    }
  }

  function close(): void {
    clearInterval(timer)
    for (const socket of sockets.keys()) socket.destroy()
  }

  return { open, dropSilentSince, close }
}
