/** A control note: something cached or live on every node is no longer true. */
export type Change =
  | { what: 'user'; user: string }
  | { what: 'session'; session: string; reason: EndReason }
  | { what: 'room'; room: number }
  | { what: 'member'; room: number; user: string; gone: boolean }

export type EndReason = 'logged_out' | 'password_changed' | 'banned' | 'reused' | 'erased' | 'revoked'

/** What travels between nodes. `text` is an event, encoded once. */
export type Note =
  | { to: 'room'; room: number; seq?: number; text: string }
  /** With `admins` only for sockets that may use an administrator's power. */
  | { to: 'user'; user: string; text: string; admins?: true }
  | { to: 'nodes'; change: Change }

/**
 * Carries notes to every node, the publishing one included.
 *
 * Duty of order: the notes that one node publishes arrive at each node in the order of publishing, or not at all.
 * Loss, repetition and mixing between publishers are allowed: the log repairs them by `seq`, and `onGap` tells
 * every listener that notes may have been lost.
 */
export type Bus = {
  publish(note: Note): void
  subscribe(listener: (note: Note) => void): void
  onGap(listener: () => void): void
  close(): Promise<void>
}
