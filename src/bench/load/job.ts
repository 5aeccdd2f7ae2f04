import type { Back } from '../plan.ts'
import type { Spread } from '../spread.ts'

/** The job of a load process, as its first line. It replies `Ready`, waits for `Go`, and ends with a result. */
export type Job = RoomsJob | PagesJob | MixedJob | ReturnJob | NemesisJob

/** `plain` is the protocol of the two limits; `echo` is what the limit without storage sends back unchanged. */
export type Dialect = 'parley' | 'plain' | 'echo'

export type Seat = { room: string; token: string; talks: boolean; timed: boolean }

/** Sockets in rooms with one talker each, who keeps `window` messages unacknowledged. */
export type RoomsJob = { kind: 'rooms'; port: number; dialect: Dialect; seats: Seat[]; window: number }

/**
 * Readers of random history pages, each with one request at a time. `messages`: the pages are of so many at the beginning of the room,
 * which has more where the machine was fast.
 */
export type PagesJob = {
  kind: 'pages'
  url: string
  token: string
  room: string
  readers: number
  messages: number
}

export type MixedJob = {
  kind: 'mixed'
  url: string
  guests: { username: string; token: string }[]
  rooms: { id: string; epoch: string }[]
  window: number
  /** The file of the recorded history, one line of JSON for each event. */
  history: string
}

/** The same people, whose server restarts while they talk. Says `AllBack` before its result. */
export type ReturnJob = Pick<MixedJob, 'url' | 'guests' | 'rooms' | 'history'> & {
  kind: 'return'
  back: Back
}

type Person = { username: string; token: string }

/** People who talk on several nodes, whatever happens to these. A second line of input ends it; its result is `Survived`. */
export type NemesisJob = {
  kind: 'nemesis'
  /** The addresses of the nodes. */
  nodes: string[]
  /** The owner of the rooms, who removes members and adds them back. */
  keeper: Person
  guests: Person[]
  /** They talk over REST, each to its own node. */
  posters: Person[]
  /** `guests`: the places of those who are in it. */
  rooms: { id: string; epoch: string; guests: number[] }[]
  window: number
  paceMs: number
  seed: number
  history: string
}

/** What nobody answered at the end, and nodes whose logs differ from that of the first. */
export type Survived = { unanswered: number; differing: string[] }

export type Ready = { ready: number; failure?: string }
/** How many have come back to all of their rooms, and when the last of them did. */
export type AllBack = { back: number; lastBackUs: number }
export type Go = { startUs: number; measureUs: number; endUs: number }

export type Result = {
  seconds: number
  /** During the measured time: messages that their sender sent and heard (or pages), and events received. */
  messages: number
  deliveries: number
  latency: Spread
  loadCpuSeconds: number
  /** During the whole run: all of these must be 0. */
  missed: number
  doubled: number
  unanswered: number
  refused: number
  closed: number
  firstClose?: string
  /** By room, the sum of the newest seq of every socket, to see whether all ended at the same one. */
  ends: Record<string, { newest: number; sum: number; sockets: number }>
}
