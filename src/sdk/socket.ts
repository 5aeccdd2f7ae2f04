/**
 * What the SDK needs of a WebSocket, whoever makes it: a browser's, Bun's, Node's, or that of the package `ws`. Each types
 * its events and options otherwise; `never` fits them all.
 */
export type Socket = {
  send(text: string): void
  close(code?: number): void
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
}
export type SocketMaker = new (url: string, options?: never) => Socket

/** Lets go of a socket that may be dead: it is not waited for and not heard again. */
export function dropSocket(socket: Socket): void {
  socket.onopen = socket.onmessage = socket.onclose = null
  // A socket that is still connecting reports its end as an error; Node would throw it if nobody listened.
  socket.onerror = () => {}
  try {
    socket.close()
  } catch {
    // Closing what never opened throws in some runtimes; it is gone either way.
  }
}

/** Browsers cannot set headers on a WebSocket; there a one-use ticket opens it instead. */
export const canSetHeaders = () =>
  typeof (globalThis as { document?: unknown; importScripts?: unknown }).document === 'undefined' &&
  typeof (globalThis as { importScripts?: unknown }).importScripts === 'undefined'

export const socketUrl = (url: string) => `${url.replace(/^http/, 'ws')}/ws`
