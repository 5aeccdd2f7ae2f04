import { type Backoff, hintMs } from './backoff.ts'
import { createSilenceTimer, type SilenceTimer } from './silence-timer.ts'
import { dropSocket, type Socket } from './socket.ts'

export type Frame = { type: string; [field: string]: unknown }

/** How a socket ended. `live`: its first frame had arrived. A socket that was silent for too long has code 1006. */
export type Ending = { code: number; reason: string; live: boolean; liveMs: number; error?: unknown }

/** What to do after a socket has ended: try again after a wait, at once, or not at all. */
export type Reconnect = 'later' | 'now' | 'never'

export type ConnectionOptions = {
  /** Creates a socket. If it rejects, the attempt has failed. */
  dial(): Promise<Socket>
  receive(frame: Frame): void
  lost(ending: Ending): Promise<Reconnect>
  /** Called when an attempt begins, and when a wait does. */
  trying(): void
  waiting(): void
  backoff: Backoff
  /** How long the first frame may take. 15,000 by default. */
  helloTimeoutMs?: number
  /** How long a socket may stay silent beyond a ping interval. 15,000 by default. */
  graceMs?: number
  /** How old an attempt must be for `reconnectNow` to replace it. 2,000 by default. */
  patienceMs?: number
}

export type Connection = {
  open(): void
  close(): void
  send(frame: Frame): boolean
  /** Whether the first frame has arrived. */
  isLive(): boolean
  /** Whether it is open or trying to be. */
  isWanted(): boolean
  /** Treats the socket as lost, and connects again. */
  drop(): void
  /** Ends a wait, or an attempt that has lasted a while: it may have begun in another network. */
  reconnectNow(): void
}

/** A connection that lasted this long counts as stable: the next waits are short again. */
const stableMs = 10_000

/** Keeps one socket open, with a new one after each that is lost, until `close`. */
export function createConnection(options: ConnectionOptions): Connection {
  const { backoff, helloTimeoutMs = 15_000, graceMs = 15_000, patienceMs = 2_000 } = options
  let wanted = false
  let attempt = 0
  let socket: Socket | undefined
  let silenceTimer: SilenceTimer | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let liveSinceMs: number | undefined
  let triedAtMs = 0

  const release = () => {
    attempt++
    clearTimeout(timer)
    timer = undefined
    silenceTimer?.stop()
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
    silenceTimer = createSilenceTimer(helloTimeoutMs, () => void end(1006, 'silent'))
    made.onmessage = (event: { data: unknown }) => receive(event.data)
    made.onclose = (event: { code: number; reason: string }) => void end(event.code, event.reason)
    made.onerror = () => {}
  }

  const receive = (text: unknown) => {
    silenceTimer?.reset()
    const frame = parse(text)
    if (!frame) return
    if (frame.type === 'hello') {
      liveSinceMs = performance.now()
      const intervalMs = typeof frame.ping_interval_ms === 'number' ? frame.ping_interval_ms : 25_000
      silenceTimer?.allow(intervalMs + graceMs)
    }
    options.receive(frame)
  }

  const end = async (code: number, reason: string, error?: unknown) => {
    const live = liveSinceMs !== undefined
    const liveMs = liveSinceMs === undefined ? 0 : performance.now() - liveSinceMs
    release()
    const mine = attempt
    if (liveMs > stableMs) backoff.reset()
    const reconnect = await options.lost({ code, reason, live, liveMs, ...(error ? { error } : {}) })
    if (mine !== attempt || !wanted) return
    if (reconnect === 'never') wanted = false
    else if (reconnect === 'now') await dial()
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
    reconnectNow() {
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
