import type { Note } from './bus.ts'

/** Where a message goes: to every node, or to those that listen to the room with this key. */
export type Topic = 'nodes' | number

/** An open connection to the other nodes. Texts are sealed, as base64. */
export type Link = {
  /** In the order of the calls. Rejects if the text may be lost. */
  send(topic: Topic, text: string): Promise<unknown>
  /** Rejects when the connection is lost. */
  listen(rooms: number[]): Promise<unknown>
  ignore(room: number): void
  close(): Promise<void>
}

/** What an engine brings; `lost` is called at most once, and not after `close`. */
export type Ear = { hear(text: string): void; lost(why: string): void }

/** A way to the other nodes over an engine. */
export type Line = {
  /** "Postgres at …": for the log. Never a password. */
  readonly place: string
  /** How long notes are joined before they leave; undefined: those of one turn of the event loop. */
  readonly joinMs?: number
  /** How many batches may be on their way at the same time. */
  readonly mostUnderWay: number
  /** Opens a connection that receives what is for all nodes. Rejects with a sentence for the operator. */
  open(ear: Ear): Promise<Link>
  topicOf(note: Note): Topic
  /** What travels of a note. */
  shorten(note: Note): Note
  /** Leaves out what later notes of the batch say too. */
  join(notes: Note[]): Note[]
}
