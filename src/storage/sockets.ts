import { createConnection, type Socket } from 'node:net'

type Target = { host: string[]; port: number[]; path?: string | false }
type Watched = { read: number; lastReadAt: number }

const lookEveryMs = 500

/**
 * The sockets under the pool, so that a connection whose other end has gone silent (a frozen server, a cut cable) can
 * be given up: postgres.js would wait for the kernel to notice, which takes a quarter of an hour.
 */
export function createSockets() {
  const sockets = new Map<Socket, Watched>()
  let next = 0
  const timer = setInterval(look, lookEveryMs)
  timer.unref()

  /** The socket is given out before it is connected: postgres.js loses a connection whose `socket` fails. */
  function open({ host, port, path }: Target): Socket {
    const index = next++ % host.length
    const place = { host: host[index]!, port: port[index]! }
    const socket = path ? createConnection(path) : createConnection({ ...place, noDelay: true })
    // postgres.js reads these for its TLS server name and for its errors.
    Object.assign(socket, place)
    sockets.set(socket, { read: 0, lastReadAt: performance.now() })
    socket.once('close', () => sockets.delete(socket))
    return socket
  }

  function look(): void {
    for (const [socket, watched] of sockets) {
      if (socket.destroyed) sockets.delete(socket)
      if (socket.bytesRead === watched.read) continue
      watched.read = socket.bytesRead
      watched.lastReadAt = performance.now()
    }
  }

  /** Ends every connection that has said nothing since then; the pool opens new ones by itself. */
  function dropSilentSince(at: number): void {
    look()
    for (const [socket, { lastReadAt }] of sockets) {
      if (lastReadAt < at)
        socket.destroy(Object.assign(new Error('No answer from Postgres'), { code: 'ETIMEDOUT' }))
    }
  }

  return { open, dropSilentSince, close: () => clearInterval(timer) }
}
