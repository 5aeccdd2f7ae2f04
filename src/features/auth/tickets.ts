import { hashToken, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Scope, type Tools } from '../../scope.ts'
import { limitAttempts, refundAttempt } from './rates.ts'
import { type Identity, scopeOf } from './sessions.ts'
import { storeTicket, takeTicket } from './ticket-store.ts'

export const ticketSeconds = 30

type Ticket = { session: string; user: string; createdAt: number }

/**
 * Tickets of a node without others that were not used yet, by their hash, and the hashes of each user, oldest first, so that nobody
 * can push out another user's ticket. `remove` deletes one before anything is awaited.
 */
const tickets = perServer(() => ({
  byHash: new Map<string, Ticket>(),
  ofUser: new Map<string, Set<string>>(),
}))

/**
 * Opens one socket within 30 s, for clients that cannot set a header: a token in a URL could end up in a proxy's log. Where
 * there are other nodes, the database has the ticket, so that it opens a socket on any of them.
 */
export async function issueTicket(tools: Tools, { session, actor }: Scope): Promise<string> {
  const ticket = randomToken()
  const hash = hashToken(ticket)
  const most = tools.policy.limits.tickets_per_user
  if (tools.bus.others().size > 0) {
    await storeTicket(tools.sql, { hash, session, user: actor.id }, { seconds: ticketSeconds, most })
    return ticket
  }
  const now = performance.now()
  const { byHash, ofUser } = tickets(tools)
  for (const [hash, kept] of byHash) {
    if (!isLate(now - kept.createdAt)) break
    remove(tools, hash)
  }
  const own = ofUser.get(actor.id) ?? new Set()
  if (own.size >= most) remove(tools, own.values().next().value!)
  byHash.set(hash, { session, user: actor.id, createdAt: now })
  ofUser.set(actor.id, own.add(hash))
  return ticket
}

export async function redeemTicket(tools: Tools, request: Request, ticket: string): Promise<Identity> {
  const taken = await takeOnce(tools, request, hashToken(ticket))
  if (!taken || isLate(taken.ageMs)) throw new ChatError('ticket_invalid')
  const { session, user, ageMs } = taken
  const expiresAt = tools.clock().getTime() - ageMs + tools.policy.accessTokenSeconds * 1000
  return { scope: await scopeOf(tools, session, user), expiresAt }
}

async function takeOnce(tools: Tools, request: Request, hash: string) {
  const kept = remove(tools, hash)
  if (kept) return { ...kept, ageMs: performance.now() - kept.createdAt }
  // The embedded database has one node. Any other may have had more a moment ago.
  if (tools.sql.kind !== 'postgres') return undefined
  // Anybody can ask, without an account, and each time it costs a statement.
  const address = tools.http.addressOf(request)
  limitAttempts(tools, 'ticket_junk', address)
  const taken = await takeTicket(tools.sql, hash)
  if (taken) refundAttempt(tools, 'ticket_junk', address)
  return taken
}

const isLate = (ageMs: number): boolean => ageMs >= ticketSeconds * 1000

function remove(tools: Tools, hash: string): Ticket | undefined {
  const { byHash, ofUser } = tickets(tools)
  const kept = byHash.get(hash)
  if (!kept) return undefined
  byHash.delete(hash)
  const own = ofUser.get(kept.user)
  own?.delete(hash)
  if (own?.size === 0) ofUser.delete(kept.user)
  return kept
}
