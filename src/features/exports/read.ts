import type { Message } from '../../protocol/messages.ts'
import type { Scope, Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { presentMessages } from '../messages/present.ts'
import { readMessagesBy, readMessagesOn } from '../messages/store.ts'

/** So many messages are in memory at once. */
const atOnce = 200
/** So many entries of a log are looked at for those of one person. */
const span = 5_000

/**
 * After so many pages, what was read is collected. With the embedded database in the same process, the collector takes a few hundred megabytes
 * for little, and would let an export of 100,000 messages pile up as much again. It takes some 100 ms there.
 */
const pagesPerCollection = 100

/** Messages after a place, and where to go on; absent at the end. */
export type Page = { messages: Message[]; next?: number }
export type ReadPage = (after: number) => Promise<Page>

/** All messages up to `head`, in pages. Each page asks again for the right to read it. */
export async function* pagesOf(read: ReadPage): AsyncGenerator<Message[]> {
  let pages = 0
  for (let after: number | undefined = 0; after !== undefined; ) {
    const { messages, next } = await read(after)
    if (messages.length > 0) yield messages
    after = next
    if (++pages % pagesPerCollection === 0) Bun.gc(true)
  }
}

export async function readAll(
  tools: Tools,
  room: LogRoom,
  reader: string,
  after: number,
  head: number,
): Promise<Page> {
  const rows = await readMessagesOn(tools.sql, room.key, reader, { after, before: head + 1, limit: atOnce })
  const messages = withoutPreviews(await presentMessages(tools, room, rows))
  return { messages, ...(rows.length === atOnce ? { next: rows.at(-1)!.seq } : {}) }
}

export async function readOwn(scope: Scope, room: LogRoom, after: number, head: number): Promise<Page> {
  const end = Math.min(after + span, head)
  const range = { after, before: end + 1, limit: atOnce }
  const rows = await readMessagesBy(scope.sql, room.key, scope.actor.id, range)
  const messages = withoutPreviews(await presentMessages(scope, room, rows))
  if (rows.length === atOnce) return { messages, next: rows.at(-1)!.seq }
  return { messages, ...(end < head ? { next: end } : {}) }
}

/** What other sites say of themselves is nobody's in the room. The links are in the texts. */
const withoutPreviews = (messages: Message[]): Message[] =>
  messages.map(({ previews: _, ...message }) => message)
