/**
 * What the process asks of the thread of its embedded databases. Each engine has a number, which is used once, and so has each
 * transaction of an engine; it begins with its first statement. 0 is a statement by itself.
 */
export type Request =
  | { kind: 'start'; engine: number; id: number; directory: string | undefined }
  | { kind: 'run'; engine: number; id: number; transaction: number; text: string; values: readonly unknown[] }
  | { kind: 'end'; engine: number; id: number; transaction: number; commits: boolean }
  | { kind: 'close'; engine: number; id: number }

export type Reply = {
  /** The replies of Postgres to the requests `ids`, one after the other; `ends` says where each ends. */
  ids: number[]
  ends: number[]
  bytes: Uint8Array<ArrayBuffer>
  /** Requests without such a reply: an engine has started, has closed or does not run, or a value was wrong. */
  others: { id: number; error?: Error; away?: true }[]
  /** Engines that can no longer be used. */
  failed: { engine: number; error: Error }[]
}
