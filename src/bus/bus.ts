/** Every node must drop what it has cached about this, and check its live connections. */
export type Change =
  | { what: 'user'; user: string }
  | { what: 'session'; session: string; reason: EndReason }
  | { what: 'room'; room: number }
  | { what: 'member'; room: number; user: string; gone: boolean }

export type EndReason = 'logged_out' | 'password_changed' | 'banned' | 'reused' | 'erased' | 'revoked'

/** What nodes send to each other. `text` is an encoded event. */
export type Note =
  | { to: 'room'; room: number; seq?: number; text: string }
  /** `admins`: only to sockets that may act as an administrator. */
  | { to: 'user'; user: string; text: string; admins?: true }
  | { to: 'nodes'; change: Change }

/**
 * Carries notes to every node, also to the one that publishes them.
 *
 * Order: the notes of one node arrive at each node in the order of publishing, or not at all. A note may be lost or
 * arrive twice, and notes of different nodes may arrive in any order: the log repairs this by `seq`. `onGap` calls its
 * listeners when notes may have been lost.
 */
export type Bus = {
  publish(note: Note): void
  subscribe(listener: (note: Note) => void): void
  onGap(listener: () => void): void
  close(): Promise<void>
}
