/**
 * What the SDK needs of a WebSocket: a browser's, Bun's, Node's, or that of the package `ws`. Each has other types for its
 * events and options; `never` fits them all.
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

/** Abandons a socket that may be dead: nothing is awaited or received from it any more. */
export function dropSocket(socket: Socket): void {
  socket.onopen = socket.onmessage = socket.onclose = null
  // A socket that is still connecting reports its end as an error, which Node would throw without a listener.
  socket.onerror = () => {}
  try {
    socket.close()
  } catch {
    // In some runtimes closing a socket that never opened throws.
  }
}

/** Browsers cannot set headers on a WebSocket; a one-use ticket opens it there. */
export const canSetHeaders = () =>
  typeof (globalThis as { document?: unknown; importScripts?: unknown }).document === 'undefined' &&
  typeof (globalThis as { importScripts?: unknown }).importScripts === 'undefined'

export const socketUrl = (url: string) => `${url.replace(/^http/, 'ws')}/ws`
