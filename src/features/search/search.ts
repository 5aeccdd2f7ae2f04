import { ChatError } from '../../protocol/errors.ts'
import type { Message } from '../../protocol/messages.ts'
import type { Found, SearchPage, SearchQuery } from '../../protocol/search.ts'
import { perServer, type Scope } from '../../scope.ts'
import { findIn } from '../../text/search/find.ts'
import { presentMessages } from '../messages/present.ts'
import { type MessageRow, readMessagesAt } from '../messages/store.ts'
import { findCandidates, nothingKnown } from './candidates.ts'
import { readCursor, type Spot, writeCursor } from './cursor.ts'
import { hasLink } from './keys.ts'
import { keepReadable } from './readable.ts'
import { type Wanted, wantedBy } from './wanted.ts'

const usualLimit = 20
/** Texts that are read and opened together. */
const candidates = { least: 50, most: 200 }
/** Texts that one page may open. A page that needs more says where the search goes on. */
const mostOpened = 600

/** Searches that run at once on this node, and that may wait. */
const most = { postgres: 4, embedded: 1 }
const mostWaiting = 50

/** The messages of the actor's rooms that fit, newest first. */
export async function searchMessages(scope: Scope, query: SearchQuery): Promise<SearchPage> {
  if (!scope.policy.search) throw new ChatError('search_off')
  const began = performance.now()
  const spot = readCursor(scope, query.cursor)
  const wanted = await wantedBy(scope, query)
  const queue = queues(scope)
  return queue(async () => {
    try {
      return await readPage(scope, wanted, spot, query.limit ?? usualLimit)
    } catch (error) {
      if (isTooLong(error)) throw new ChatError('search_too_broad')
      throw error
    } finally {
      scope.metrics.search.seconds.observe((performance.now() - began) / 1000)
    }
  })
}

async function readPage(scope: Scope, wanted: Wanted, from: Spot, limit: number): Promise<SearchPage> {
  const found: { spot: Spot; item: Found }[] = []
  const known = nothingKnown()
  let last = from
  let opened = 0
  let isLast = wanted.rooms.size === 0
  while (!isLast && found.length <= limit && opened < mostOpened) {
    // If the beginning of a word or a phrase is searched for, only a part of the candidates fits.
    const perFound = (opened + 1) / (found.length + 1)
    const least = Math.min(candidates.most, Math.ceil((limit + 1 - found.length) * perFound))
    const most = Math.max(candidates.least, least)
    const next = await findCandidates(scope.sql, wanted, last, { most, least }, known)
    found.push(...(await check(scope, wanted, next.spots)))
    opened += next.spots.length
    last = next.spots.at(-1) ?? last
    isLast = next.isLast
  }
  const page = await keepReadable(scope, wanted.rooms, found.slice(0, limit))
  const end = found.length > limit ? found[limit - 1]!.spot : isLast ? undefined : last
  return { items: page.map(({ item }) => item), ...(end ? { next: writeCursor(scope, end) } : {}) }
}

/** Those whose message, as it is now, is what is wanted. */
async function check(scope: Scope, wanted: Wanted, spots: Spot[]): Promise<{ spot: Spot; item: Found }[]> {
  if (spots.length === 0) return []
  const rows = await readMessagesAt(scope.sql, scope.actor.id, spots)
  const fitting = rows.filter((row) => mayFit(wanted, row))
  const messages = new Map<string, Message>()
  for (const [key, own] of Map.groupBy(fitting, ({ roomKey }) => roomKey)) {
    const presented = await presentMessages(scope, wanted.rooms.get(key)!, own)
    for (const [index, message] of presented.entries()) messages.set(`${key} ${own[index]!.seq}`, message)
  }
  return spots.flatMap((spot) => {
    const message = messages.get(`${spot.roomKey} ${spot.seq}`)
    const matches = message && matchesOf(wanted, message)
    return matches ? [{ spot, item: { message, matches } }] : []
  })
}

function mayFit({ rooms, from, before, after }: Wanted, row: MessageRow & { roomKey: number }): boolean {
  return (
    rooms.has(row.roomKey) &&
    row.deletedAt === null &&
    (from.length === 0 || from.includes(row.authorId)) &&
    (before === undefined || row.at < before) &&
    (after === undefined || row.at >= after)
  )
}

function matchesOf(wanted: Wanted, message: Message): Found['matches'] | undefined {
  if (message.deleted_at !== undefined || message.damaged) return undefined
  if (wanted.has.has('pin') && !message.pinned) return undefined
  if (wanted.has.has('file') && !message.files) return undefined
  if (wanted.has.has('link') && !hasLink(message.content)) return undefined
  return findIn(message.content, wanted)
}

/** A statement that was ended because it took too long. */
function isTooLong(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as { code?: unknown }).code === '57014') return true
  return false
}

/** A few at a time: the embedded database would have no time for anything else. */
const queues = perServer(({ sql }) => {
  const waiting: (() => void)[] = []
  let running = 0
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= most[sql.kind]) {
      if (waiting.length >= mostWaiting) throw new ChatError('server_busy', { retryAfterMs: 1000 })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
})
