import type { Spread } from '../spread.ts'

/** What a load process is asked to do, as its first line. It answers `Ready`, waits for `Go`, and ends with a result. */
export type Job = RoomsJob | PagesJob | MixedJob

/** `plain` is what the two limits speak, `echo` what comes back unchanged from the one that stores nothing. */
export type Dialect = 'parley' | 'plain' | 'echo'

export type Seat = { room: string; token: string; talks: boolean; timed: boolean }

/** Sockets in rooms with one talker each, who keeps `window` messages unanswered. */
export type RoomsJob = { kind: 'rooms'; port: number; dialect: Dialect; seats: Seat[]; window: number }

/** Readers of random history pages, each one request at a time. */
export type PagesJob = { kind: 'pages'; url: string; token: string; room: string; readers: number }

export type MixedJob = {
  kind: 'mixed'
  url: string
  guests: { username: string; token: string }[]
  rooms: { id: string; epoch: string }[]
  window: number
  /** Where the history is recorded, one line of JSON for each thing that happens. */
  history: string
}

export type Ready = { ready: number; failure?: string }
export type Go = { startUs: number; measureUs: number; endUs: number }

export type Result = {
  seconds: number
  /** Of the measured time: messages sent and heard by their sender (or pages), and events that arrived. */
  messages: number
  deliveries: number
  latency: Spread
  loadCpuSeconds: number
  /** Of the whole run: what must be nothing. */
  missed: number
  doubled: number
  unanswered: number
  refused: number
  closed: number
  firstClose?: string
  /** By room the newest seq of every socket, summed up, to tell whether all came to the same end. */
  ends: Record<string, { newest: number; sum: number; sockets: number }>
}
