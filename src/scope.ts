import type { Bus, Change } from './bus/bus.ts'
import type { Keyring } from './crypto/keyring.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { CommandName, Params } from './protocol/commands.ts'
import type { Limits } from './protocol/limits.ts'
import type { RouteBody, RouteName, RouteParams, RouteQuery, RouteReply, routes } from './protocol/routes.ts'
import type { TokenScope } from './protocol/tokens.ts'
import type { Storage } from './storage/storage.ts'

/** The settings of the operator that a verb depends on. */
export type Policy = {
  limits: Limits
  signup: 'open' | 'invite' | 'closed'
  roomCreation: 'everyone' | 'admins'
  rateLimits: boolean
  accessTokenSeconds: number
  refreshTokenSeconds: number
  /** Between pings of a socket, and how long it may stay silent after one. */
  pingIntervalMs: number
  pongTimeoutMs: number
  /** HKDF-derived from SECRET_KEY by `purpose`; 32 bytes. */
  keyFor(purpose: string): Uint8Array
  /** The keys of message texts, the current one first. A rotation replaces it while the server runs. */
  keyring: Keyring
  /** Writes a new ring where this one was read; absent where the ring is a setting, which only the operator can change. */
  storeKeyring?(keyring: Keyring): void
}

/** The few tools a verb may use. One set per server: two servers in one process share nothing. */
export type Tools = {
  sql: Storage
  bus: Bus
  clock(): Date
  newId(): string
  policy: Policy
  log: Log
  metrics: Metrics
  http: {
    /** The client's address; behind a trusted proxy the one it forwards, otherwise the peer's. */
    addressOf(request: Request): string
    /** Whether a browser at the request's Origin may act with a cookie. Without an Origin: no. */
    allowsOrigin(request: Request): boolean
    /** Where clients find this server: PUBLIC_URL, or where the request has found it. */
    originOf(request: Request): string
    secureCookies: boolean
  }
  /** Where `perServer` keeps what features remember. */
  memory: Map<object, unknown>
}

/** A person as the server knows them now. Shared by all who hold it and refreshed in place. */
export type Person = {
  id: string
  username: string
  displayName: string
  email: string | null
  admin: boolean
  bot: boolean
  banned: boolean
  deleted: boolean
  directFrom: 'everyone' | 'shared' | 'nobody'
  createdAt: Date
  /** Their `author` object, already encoded. */
  authorJson: string
}

/** Who is acting, and with what. */
export type Scope = Tools & {
  actor: Person
  session: string
  /** With an API token: what it may do. Absent for a person, who may do all. */
  limitedTo?: readonly TokenScope[]
}

/** The only way to ask for an administrator's power: the token of one has it only where it was granted. */
export const isAdmin = (scope: Scope): boolean => scope.actor.admin && mayActAsAdmin(scope)

/** Whether an administrator's power, where there is one, may be used. */
export const mayActAsAdmin = ({ limitedTo }: Pick<Scope, 'limitedTo'>): boolean =>
  limitedTo === undefined || limitedTo.includes('admin')

/**
 * Something one server remembers (a cache, a queue): made at first use and kept in the server's own memory, because a
 * module-level variable would be shared by two servers in one process.
 */
export function perServer<Kept>(make: (tools: Tools) => Kept): (tools: Tools) => Kept {
  return (tools) => {
    let kept = tools.memory.get(make) as Kept | undefined
    if (kept === undefined) {
      kept = make(tools)
      tools.memory.set(make, kept)
    }
    return kept
  }
}

export function announce(tools: Tools, change: Change): void {
  tools.bus.publish({ to: 'nodes', change })
}

export function onChange<What extends Change['what']>(
  tools: Tools,
  what: What,
  listener: (change: Extract<Change, { what: What }>) => void,
): void {
  tools.bus.subscribe((note) => {
    if (note.to === 'nodes' && note.change.what === what)
      listener(note.change as Extract<Change, { what: What }>)
  })
}

/** A feature's wishes by name: what the socket door runs, with parameters already checked. */
export type CommandTable = {
  [Name in CommandName]?: {
    run(scope: Scope, params: Params<Name>): unknown
    /** True when `run` will queue its write before it awaits anything: the next command need not wait for it. */
    pipelines?(scope: Scope, params: Params<Name>): boolean
  }
}

/** What a route gets of a request, already checked. `scope` is who asks; where anyone may, there are only the tools. */
export type Call<Name extends RouteName> = {
  params: RouteParams<Name>
  query: RouteQuery<Name>
  body: (typeof routes)[Name] extends { bodyIs: 'text' } ? string : RouteBody<Name>
  request: Request
  /** Headers of the response. */
  headers: Record<string, unknown>
} & ((typeof routes)[Name] extends { access: 'public' } ? { tools: Tools } : { scope: Scope })

type Given<Name extends RouteName> =
  RouteReply<Name> extends undefined ? unknown : RouteReply<Name> | Response

/** A feature's routes by name: what the HTTP door runs. Without a reply in the table, what `run` gives is not sent. */
export type RouteTable = {
  [Name in RouteName]?: (call: Call<Name>) => Given<Name> | Promise<Given<Name>>
}
