import { Socket, type SocketConstructorOpts } from 'node:net'

type Target = { host: string[]; port: number[]; path?: string | false }
type Watched = { read: number; lastReadAt: number }

const checkEveryMs = 500
/** A database that has responded in this time before is not away. */
const lateMs = 1500

/**
 * The sockets of postgres.js. By itself it notices a dead connection (a frozen server, a cut cable) only when the kernel
 * does, after a quarter of an hour; here we can drop it.
 */
export function createSockets() {
  const sockets = new Map<Socket, Watched>()
  const timer = setInterval(checkReads, checkEveryMs)
  timer.unref()

  /** Returns the socket before it is connected: postgres.js 3.4.9 loses a connection whose socket could not be opened. */
  function open({ host, port, path }: Target, attempt: number): Socket {
    const index = attempt % host.length
    const place = { host: host[index]!, port: port[index]! }
    // Node's type of these options lacks this one.
    const socket = new Socket({ noDelay: true } as SocketConstructorOpts)
    // Not at once: a socket in the file system fails before postgres.js listens for its errors.
    queueMicrotask(() => (path ? socket.connect(path) : socket.connect(place)))
    // postgres.js reads these for its TLS server name and for its errors.
    Object.assign(socket, place)
    sockets.set(socket, { read: 0, lastReadAt: performance.now() })
    return socket
  }

  // Polls instead of using events: postgres.js removes every listener of a socket when it switches to TLS.
  function checkReads(): void {
    for (const [socket, watched] of sockets) {
      if (socket.destroyed) sockets.delete(socket)
      if (socket.bytesRead === watched.read) continue
      watched.read = socket.bytesRead
      watched.lastReadAt = performance.now()
    }
  }

  /** Returns whether another connection has just received something. */
  function dropSilentSince(at: number): boolean {
    checkReads()
    let responds = false
    for (const [socket, { lastReadAt }] of sockets) {
      if (lastReadAt < at)
        socket.destroy(Object.assign(new Error('Postgres does not respond'), { code: 'ETIMEDOUT' }))
      else if (performance.now() - lastReadAt < lateMs) responds = true
    }
    return responds
  }

  function close(): void {
    clearInterval(timer)
    for (const socket of sockets.keys()) socket.destroy()
  }

  return { open, dropSilentSince, close }
}
