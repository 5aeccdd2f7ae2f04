import type { Signal } from '@preact/signals'
import type { File as SentFile } from '../../protocol/files.ts'
import type { Pending } from '../../sdk/state.ts'

/** A file that somebody wants to send: from the moment it is picked until its message takes it. */
export type Attachment = {
  /** The `client_id` of its upload: another try is the same file. */
  readonly id: string
  readonly room: string
  /** The place in whose tray it is, or the parcel that it belongs to. */
  readonly holder: string
  readonly name: string
  /** As the browser guesses it. */
  readonly type: string
  readonly bytes: number
  /** Absent after a reload if this browser had no place for it. Then it is uploaded already. */
  readonly local?: Blob
  /** Whether it survives the page; absent until that is known. */
  readonly kept?: boolean
  /** What the picture shows, as it is written. */
  readonly alt: string
  readonly stage: 'waiting' | 'sending' | 'done' | 'failed'
  readonly percent: Signal<number>
  readonly uploaded?: { readonly file: SentFile; readonly alt: string; readonly atMs: number }
  readonly error?: unknown
}

/** A message that waits for its files, or for those of another that was written before it. */
export type Packed = Pending & {
  readonly room: string
  readonly place: string
  /** It was written without a connection: what is written after it waits too. */
  readonly offline?: boolean
  /** Whether it survives the page. */
  readonly kept?: boolean
}

/** An hour after its upload the server deletes what no message has. */
const freshMs = 50 * 60_000
export const isFresh = ({ uploaded }: Attachment): boolean =>
  uploaded !== undefined && Date.now() - uploaded.atMs < freshMs

export const isReady = (each: Attachment): boolean =>
  each.stage === 'done' && each.uploaded?.alt === each.alt.trim()

/** The name of a message that waits for its files. Neither a room nor a place begins like this. */
export const parcelOf = (clientId: string): string => `:parcel ${clientId}`
export const isParcel = (holder: string): boolean => holder.startsWith(':parcel ')
