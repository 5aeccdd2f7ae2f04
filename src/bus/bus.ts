/** Every node must drop what it has cached about this, and check its live connections. */
export type Change =
  | { what: 'user'; user: string }
  | { what: 'session'; session: string; reason: EndReason }
  | { what: 'room'; room: number }
  | { what: 'member'; room: number; user: string; gone: boolean }
  /** Every room has a new epoch. */
  | { what: 'epochs' }
  /** Outgoing webhooks were created, changed or deleted; with `rooms`, something was written there that they have to send. */
  | { what: 'outgoing'; rooms?: number[] }
  /** The operator has accepted what was noticed. */
  | { what: 'findings' }
  /** The community has another name or picture. */
  | { what: 'community' }
  /** Somebody subscribed to push messages. */
  | { what: 'push' }
  /** This person has other keywords. */
  | { what: 'keywords'; user: string }
  | PresenceDigests
  /** Asks for everything that `of`, or each node, has to tell of presence. */
  | { what: 'presence wanted'; of?: string }
  /** What was taken from limits on the node that publishes it, and by whom. `no` counts these notes of the node. */
  | { what: 'spent'; no: number; spent: Spent[] }

/**
 * Who came online and went offline in rooms of the node that publishes it. `no` counts these notes of the node: a hole is
 * a loss. `part`: it has everything there is to tell in so many notes, and this is the first, the second …
 */
export type PresenceDigests = {
  what: 'presence'
  no: number
  rooms: PresenceDigest[]
  part?: { at: number; of: number }
}

export type PresenceDigest =
  | { room: number; came: Someone[]; went: string[] }
  /** Everybody who is online there. */
  | { room: number; names: Someone[] }
  /** Only how many: more than presence names. */
  | { room: number; count: number }

/** How many; below 0 they were given back. */
export type Spent = { limit: string; key: string; count: number }

/** A person, as presence names them. */
export type Someone = { id: string; username: string }

export type EndReason = 'logged_out' | 'password_changed' | 'banned' | 'reused' | 'erased' | 'revoked'

/** An entry of a log, and the span that goes on in the nodes that hear of it, in the form of the header `traceparent`. */
export type Traced = [seq: number, traceparent: string]

/** What nodes send to each other. `text` is an encoded event. */
export type Note =
  /**
   * The log of a room has this entry. Without `text` it is to be read from there. `left`: the id of the person whose
   * membership ends with it. `here`: another node has stored it, and only the sockets of this node need it. `traces`: of this
   * entry, or of those before it that the note stands for too; only for entries whose trace is recorded.
   */
  | { to: 'log'; room: number; seq: number; text?: string; left?: string; here?: true; traces?: Traced[] }
  /** An event that is not stored. `after`: not before this entry of the log was delivered. `here`: only for the sockets of this node. */
  | { to: 'room'; room: number; text: string; after?: number; here?: true }
  /**
   * `admins`: only to sockets that may act as an administrator. `moved`: by this event the person hears that they are in a room,
   * or no more. `here`: only for the sockets of this node.
   */
  | {
      to: 'user'
      user: string
      text: string
      admins?: true
      moved?: { room: number; gone: boolean }
      here?: true
    }
  | { to: 'nodes'; change: Change }

/**
 * Carries notes to every node, also to the one that publishes them. Whatever arrives was published by a node of this
 * community: what leaves the process is sealed with a key of it.
 *
 * Order: the notes of one node arrive at each node in the order of publishing, or not at all; only those to different rooms
 * may change places. A note may be lost or
 * arrive twice, and notes of different nodes may arrive in any order: the log repairs this by `seq`.
 */
export type Bus = {
  /** The name of this node. No other node has it, and none had it before. */
  readonly node: string
  /**
   * Returns after every listener of this node has run, so that the code after a revocation can rely on it. Does not wait for the other
   * nodes: while the bus is away they hear nothing of it, and of a gap when it is back.
   */
  publish(note: Note): void
  /** `node`: who published it; undefined where only the bus itself can know that something was published. */
  subscribe(listener: (note: Note, node: string | undefined) => void): void
  /**
   * Calls `listener` when notes of other nodes may have been lost: what is in memory may be out of date. As long as the bus
   * is away it is called again and again.
   */
  onGap(listener: () => void): void
  /**
   * From its resolution until `ignore`, what others publish to the log and the sockets of this room arrives here. Never
   * rejects: while the bus is away, it arrives by `onGap` and from the log. Does not count: one `ignore` ends it.
   */
  listen(room: number): Promise<void>
  ignore(room: number): void
  /** The other nodes that are alive. One that was killed is in it for at most 30 s; while the bus is away, nobody leaves it. */
  others(): ReadonlySet<string>
  /** `listener` is called when another node is there, and when it is gone. */
  onNode(listener: (node: string, alive: boolean) => void): void
  /** Whether notes reach the other nodes at present. */
  isConnected(): boolean
  close(): Promise<void>
}
