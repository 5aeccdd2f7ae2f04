import { type Backoff, hintMs } from './backoff.ts'
import { createWatch, type Watch } from './silence-timer.ts'
import { dropSocket, type Socket } from './socket.ts'

export type Frame = { type: string; [field: string]: unknown }

/** How a socket ended. `live`: its first frame had come. `silent`: we gave it up. */
export type Ending = { code: number; reason: string; live: boolean; liveMs: number; error?: unknown }

/** What follows an ending: another try after a wait, another at once, or none. */
export type Verdict = 'again' | 'now' | 'never'

export type ConnectionOptions = {
  /** Makes a socket; its rejection ends the attempt. */
  dial(): Promise<Socket>
  hear(frame: Frame): void
  lost(ending: Ending): Promise<Verdict>
  /** Told when a try begins and when a wait does. */
  trying(): void
  waiting(): void
  backoff: Backoff
  /** How long after dialling the first frame may take. */
  helloTimeoutMs?: number
  /** How long beyond a ping interval a socket may stay silent. */
  graceMs?: number
  /** How old a try must be to be given up in a hurry. */
  patienceMs?: number
}

export type Connection = {
  open(): void
  close(): void
  send(frame: Frame): boolean
  /** The first frame has come. */
  isLive(): boolean
  /** Open, or trying to be. */
  isWanted(): boolean
  /** Gives the socket up as if the network had, and dials anew. */
  drop(): void
  /** Cuts a wait short, or a try that has gone on for a while: it may have begun in a network that is no more. */
  hurry(): void
}

/** After so long a connection counts as stable, and waits are short again. */
const stableMs = 10_000

/** One socket after the other, for as long as it is wanted. */
export function createConnection(options: ConnectionOptions): Connection {
  const { backoff, helloTimeoutMs = 15_000, graceMs = 15_000, patienceMs = 2_000 } = options
  let wanted = false
  let attempt = 0
  let socket: Socket | undefined
  let watch: Watch | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let liveSinceMs: number | undefined
  let triedAtMs = 0

  const release = () => {
    attempt++
    clearTimeout(timer)
    timer = undefined
    watch?.stop()
    if (socket) dropSocket(socket)
    socket = undefined
    liveSinceMs = undefined
  }

  const dial = async () => {
    timer = undefined
    const mine = ++attempt
    triedAtMs = performance.now()
    options.trying()
    try {
      const made = await options.dial()
      if (mine !== attempt) return dropSocket(made)
      attach(made)
    } catch (error) {
      if (mine === attempt) await end(1006, '', error)
    }
  }

  const attach = (made: Socket) => {
    socket = made
    watch = createWatch(helloTimeoutMs, () => void end(1006, 'silent'))
    made.onmessage = (event: { data: unknown }) => hear(event.data)
    made.onclose = (event: { code: number; reason: string }) => void end(event.code, event.reason)
    made.onerror = () => {}
  }

  const hear = (text: unknown) => {
    watch?.heard()
    const frame = parse(text)
    if (!frame) return
    if (frame.type === 'hello') {
      liveSinceMs = performance.now()
      const intervalMs = typeof frame.ping_interval_ms === 'number' ? frame.ping_interval_ms : 25_000
      watch?.allow(intervalMs + graceMs)
    }
    options.hear(frame)
  }

  const end = async (code: number, reason: string, error?: unknown) => {
    const live = liveSinceMs !== undefined
    const liveMs = liveSinceMs === undefined ? 0 : performance.now() - liveSinceMs
    release()
    const mine = attempt
    if (liveMs > stableMs) backoff.reset()
    const verdict = await options.lost({ code, reason, live, liveMs, ...(error ? { error } : {}) })
    if (mine !== attempt || !wanted) return
    if (verdict === 'never') wanted = false
    else if (verdict === 'now') await dial()
    else {
      options.waiting()
      timer = setTimeout(dial, hintMs(reason) ?? backoff.nextMs())
    }
  }

  return {
    open() {
      if (wanted) return
      wanted = true
      void dial()
    },
    close() {
      wanted = false
      release()
    },
    send(frame) {
      if (!socket || liveSinceMs === undefined) return false
      socket.send(JSON.stringify(frame))
      return true
    },
    isLive: () => liveSinceMs !== undefined,
    isWanted: () => wanted,
    drop() {
      if (socket) void end(1006, 'dropped')
    },
    hurry() {
      if (!wanted || liveSinceMs !== undefined) return
      if (!timer && performance.now() - triedAtMs < patienceMs) return
      release()
      backoff.reset()
      void dial()
    },
  }
}

function parse(text: unknown): Frame | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const frame = JSON.parse(text) as Frame
    return typeof frame?.type === 'string' ? frame : undefined
  } catch {
    return undefined
  }
}
