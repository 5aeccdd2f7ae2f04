// Longer than 300 lines: what every verb is given, and what it may ask of it, is in one file.
import type { Bus, Change } from './bus/bus.ts'
import type { Described } from './config/described.ts'
import type { MailServer, Sender } from './config/mail-address.ts'
import type { Keyring } from './crypto/keyring.ts'
import type { DepotPlace } from './depot/depot.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Allowance } from './outside/url.ts'
import type { CommandName, Params } from './protocol/commands.ts'
import type { Limits } from './protocol/limits.ts'
import type { CustomStatus } from './protocol/profile.ts'
import type { QuietHours } from './protocol/quiet-hours.ts'
import type { RouteBody, RouteName, RouteParams, RouteQuery, RouteReply, routes } from './protocol/routes.ts'
import type { TokenScope } from './protocol/tokens.ts'
import type { Storage } from './storage/storage.ts'
import type { Traces } from './traces.ts'

/** The settings of the operator that a verb depends on. */
export type Policy = {
  /** All of them as they were given, for administrators to see. */
  settings: readonly Described[]
  limits: Limits
  signup: 'open' | 'invite' | 'closed'
  signupEmail: 'optional' | 'required'
  roomCreation: 'everyone' | 'admins'
  /** Messages older than so many days are deleted in every room; absent: they are kept. */
  retentionDays?: number
  rateLimits: boolean
  /** Whether messages can be searched; otherwise nothing is kept for it. */
  search: boolean
  /** So long after the start, what the index of searches lacks is looked for. */
  searchSettleMs: number
  /** How previews of links are fetched, and from which addresses that are not public; absent: no page is opened. */
  previews?: { allowance: Allowance; timeoutMs: number }
  /** Which addresses that are not public people may have this server send to. */
  outgoing: Allowance
  files: {
    place: DepotPlace
    /** The media types that are accepted; none: all. */
    types: readonly string[]
    /** An upload that sends nothing for so long is ended, and later one that has sent less than this on average. */
    slowestMs: number
    leastPerSecond: number
    /** So often a download asks the database whether its file is still there. */
    lookAgainMs: number
  }
  /** What a push message says. */
  pushContent: 'full' | 'names' | 'none'
  /** So long after a message, those who have not read it are called. */
  pushAfterMs: number
  /** The pause between two pushes to a device about one room. */
  pushPauseMs: { direct: number; mention: number; all: number }
  /** The pause before a failed push is tried again. */
  pushRetryMs: number
  /** So long after a node is gone, its people are offline. */
  presenceReturnMs: number
  /** The host of PUBLIC_URL, which no password may consist of. */
  site?: string
  /** Absent: this server sends no mail. */
  mail?: MailPolicy
  /** What a hash costs. Absent: what `crypto/passwords.ts` says; no setting makes it cheaper, only tests do. */
  passwordCost?: { memoryKiB: number; timeCost: number }
  accessTokenSeconds: number
  refreshTokenSeconds: number
  /** The time between two pings of a socket, and how long the client has to respond. */
  pingIntervalMs: number
  pongTimeoutMs: number
  /** How many sockets may wait for their first frame. More are closed with 4013 and come back later. */
  mostGreetings: number
  /** While the bus is away, everything in memory is read again after so long, and at least this often it must succeed. */
  distrustEveryMs: number
  mostUncheckedMs: number
  /** 32 bytes, derived from SECRET_KEY and `purpose` with HKDF. */
  keyFor(purpose: string): Uint8Array
  /** The keys of message texts, the current one first. A rotation replaces the keyring while the server runs. */
  keyring: Keyring
  /** Where the anchor of the database is kept, and what that directory calls the database; absent if nothing is kept. */
  anchors?: { directory: string; place: string }
  /** Saves a new keyring to its file; absent if the keyring comes from a setting, which only the operator can change. */
  storeKeyring?(keyring: Keyring): void
}

export type MailPolicy = {
  server: MailServer
  from: Sender
  /** PUBLIC_URL, where links lead to. */
  origin: string
  /** The longest time that one mail may take. */
  timeoutMs: number
  /** The first delay after a failure; each further one is twice as long. */
  retryMs: number
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
  /** Undefined unless the operator wants traces: then nothing is made for them. */
  traces: Traces | undefined
  http: {
    /** The client's address as limits count it, of IPv6 the /64; behind a trusted proxy the one it forwards. */
    addressOf(request: Request): string
    /** Whether pages of the request's Origin may use a cookie. False if the request has no Origin. */
    allowsOrigin(request: Request): boolean
    /** The origin of this server as clients know it: PUBLIC_URL, or the origin of the request's URL. */
    originOf(request: Request): string
    secureCookies: boolean
    /** A request or response may move nothing for so long, or for some minutes, without losing its connection. */
    keepOpen(request: Request, seconds?: number): void
  }
  /** The storage of `perServer`. */
  memory: Map<object, unknown>
}

/** Why somebody may not sign in, and when that ends by itself. */
export type Ban = { reason?: string; until?: Date }

/** A user account in memory. All code shares one object per account; changes update it in place. */
export type Person = {
  id: string
  username: string
  displayName: string
  email: string | null
  emailConfirmed: boolean
  admin: boolean
  bot: boolean
  /** Also one that has ended by itself: ask `isBanned`. */
  ban: Ban | undefined
  deleted: boolean
  directFrom: 'everyone' | 'shared' | 'nobody'
  quietHours: QuietHours | null
  title: string | null
  pronouns: string | null
  timeZone: string | null
  /** Also one that has ended by itself: `presentStatus` leaves it out. */
  customStatus: CustomStatus | null
  createdAt: Date
  /** The address of their picture. */
  avatar: string | undefined
  /** Their `author` object as JSON, encoded once. */
  authorJson: string
}

/**
 * What a gate gives for one act. The right may be lost while the act waits, so the act asks again in the tick in which it
 * begins: `recheck` gives what is true then, or throws. A promise means "not in memory yet": ask once more.
 */
export type Pass<Held> = {
  recheck(): Held | Promise<Held>
  /** Drops what is in memory about it, so that the next `recheck` reads the database. */
  forget?(): void
}

/** Who is acting, and with what. `recheck` refuses when the session has ended, or the actor may not act any more. */
export type Scope = Tools &
  Pass<undefined> & {
    actor: Person
    session: string
    /** The scopes of the API token in use. Absent for a signed-in person: nothing is limited. */
    limitedTo?: readonly TokenScope[]
  }

/** In whose name an event is written: of the actor, or of a person whom the operator erases. */
export type InName = Tools & { actor: Person }

/** The acting person, or the operator on the command line, who is no user. */
export type Acting = Scope | (Tools & { actor?: undefined })

/** The only check for administrator powers: an administrator's API token has them only with the scope `admin`. */
export const isAdmin = (scope: Scope): boolean => scope.actor.admin && mayActAsAdmin(scope)

/** Nothing happens when a ban ends: it is no longer true from that moment. */
export const isBanned = ({ clock }: Pick<Tools, 'clock'>, { ban }: Pick<Person, 'ban'>): boolean =>
  ban !== undefined && (ban.until === undefined || ban.until > clock())

/** The fields of a ban, for administrators and for the banned person. */
export const presentBan = ({ ban }: Pick<Person, 'ban'>): { ban_reason?: string; banned_until?: string } => ({
  ...(ban?.reason === undefined ? {} : { ban_reason: ban.reason }),
  ...(ban?.until === undefined ? {} : { banned_until: ban.until.toISOString() }),
})

/** Whether this session or token may use administrator powers, if the actor has them. */
export const mayActAsAdmin = ({ limitedTo }: Pick<Scope, 'limitedTo'>): boolean =>
  limitedTo === undefined || limitedTo.includes('admin')

/**
 * State of one server, such as a cache or a queue: created on first use and kept in `tools.memory`, because two servers
 * in one process would share a module-level variable.
 */
export function perServer<State>(create: (tools: Tools) => State): (tools: Tools) => State {
  return (tools) => {
    let state = tools.memory.get(create) as State | undefined
    if (state === undefined) {
      state = create(tools)
      tools.memory.set(create, state)
    }
    return state
  }
}

/** Like `perServer`, for what is made from the key ring: a new ring makes it again, and what the old one has opened is gone. */
export function perKeyring<Made>(make: (tools: Tools) => Made): (tools: Tools) => Made {
  const kept = perServer((tools) => ({ keyring: tools.policy.keyring, made: make(tools) }))
  return (tools) => {
    const state = kept(tools)
    const { keyring } = tools.policy
    if (state.keyring !== keyring) Object.assign(state, { keyring, made: make(tools) })
    return state.made
  }
}

/** Tells every node, this one too, to drop or reload what it has cached. */
export function announce(tools: Tools, change: Change): void {
  tools.bus.publish({ to: 'nodes', change })
}

/** For a change by another node that this one has read in a log: the others hear of it otherwise. */
export function applyChange(tools: Tools, change: Change): void {
  listeners(tools).apply(change, true)
}

type ChangeListener<What extends Change['what']> = (
  change: Extract<Change, { what: What }>,
  /** Another node made it, and it may be over by now: the person who was removed may have come back. */
  elsewhere: boolean,
) => void

/** `last`: after the caches, for who checks by them what is live. */
export function onChange<What extends Change['what']>(
  tools: Tools,
  what: What,
  listener: ChangeListener<What>,
  { last = false } = {},
): void {
  const each = (change: Change, elsewhere: boolean): void => {
    if (change.what === what) listener(change as Extract<Change, { what: What }>, elsewhere)
  }
  listeners(tools)[last ? 'last' : 'first'].push(each)
}

/** Changes that other nodes announce, and which node it was: for what each node counts or tells for itself. */
export function onChangeElsewhere<What extends Change['what']>(
  tools: Tools,
  what: What,
  listener: (change: Extract<Change, { what: What }>, node: string) => void,
): void {
  tools.bus.subscribe((note, node) => {
    if (note.to === 'nodes' && note.change.what === what && node !== undefined && node !== tools.bus.node)
      listener(note.change as Extract<Change, { what: What }>, node)
  })
}

/** Everything in memory may be out of date: caches drop it, and do not keep what is being read. */
export const distrust = (tools: Tools): void => {
  for (const drop of listeners(tools).caches) drop()
}

export const onDistrust = (tools: Tools, drop: () => void): void => void listeners(tools).caches.push(drop)

const listeners = perServer((tools) => {
  type Listener = (change: Change, elsewhere: boolean) => void
  const first: Listener[] = []
  const last: Listener[] = []
  const caches: (() => void)[] = []
  const apply: Listener = (change, elsewhere) => {
    for (const listener of first) listener(change, elsewhere)
    for (const listener of last) listener(change, elsewhere)
  }
  tools.bus.subscribe((note, node) => {
    if (note.to === 'nodes') apply(note.change, node !== tools.bus.node)
  })
  return { first, last, caches, apply }
})

/** Whether this node does what one node is enough for. While nodes do not hear each other, several do it: it must be safe then too. */
export const leads = ({ bus }: Tools): boolean => [...bus.others()].every((other) => bus.node < other)

/** A feature's commands by name. The socket door runs them with checked parameters. */
export type CommandTable = {
  [Name in CommandName]?: {
    run(scope: Scope, params: Params<Name>): unknown
    /** True if `run` queues its write before it awaits anything, so that the next command need not wait. */
    pipelines?(scope: Scope, params: Params<Name>): boolean
  }
}

/** A checked request. Public routes get `tools`, all others the `scope` of the person or bot who sent it. */
export type Call<Name extends RouteName> = {
  params: RouteParams<Name>
  query: RouteQuery<Name>
  body: (typeof routes)[Name] extends { bodyIs: 'text' } ? string : RouteBody<Name>
  request: Request
  /** Headers of the response. */
  headers: Record<string, unknown>
} & ((typeof routes)[Name] extends { access: 'public' } ? { tools: Tools } : { scope: Scope })

type Result<Name extends RouteName> =
  RouteReply<Name> extends undefined ? unknown : RouteReply<Name> | Response

/** A feature's routes by name. If a route has no reply in the table, its handler's result is not sent. */
export type RouteTable = {
  [Name in RouteName]?: (call: Call<Name>) => Result<Name> | Promise<Result<Name>>
}
