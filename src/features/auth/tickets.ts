import { hashToken, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Scope, type Tools } from '../../scope.ts'
import { type Identity, scopeOf } from './sessions.ts'

export const ticketSeconds = 30

type Ticket = { session: string; user: string; expiresAt: number; goneAt: number }

/**
 * Issued tickets that were not used yet, by their hash, and the hashes of each user, oldest first, so that nobody can push
 * out another user's ticket. `redeemTicket` deletes one before it awaits anything.
 */
const tickets = perServer(() => ({
  byHash: new Map<string, Ticket>(),
  ofUser: new Map<string, Set<string>>(),
}))

/** Opens one socket within 30 s, for clients that cannot set a header: a token in a URL could end up in a proxy's log. */
export function issueTicket(tools: Tools, { session, actor }: Scope): string {
  const now = performance.now()
  const { byHash, ofUser } = tickets(tools)
  for (const [hash, { goneAt }] of byHash) {
    if (goneAt > now) break
    remove(tools, hash)
  }
  const own = ofUser.get(actor.id) ?? new Set()
  if (own.size >= tools.policy.limits.tickets_per_user) remove(tools, own.values().next().value!)
  const ticket = randomToken()
  const hash = hashToken(ticket)
  const expiresAt = tools.clock().getTime() + tools.policy.accessTokenSeconds * 1000
  byHash.set(hash, { session, user: actor.id, expiresAt, goneAt: now + ticketSeconds * 1000 })
  ofUser.set(actor.id, own.add(hash))
  return ticket
}

export async function redeemTicket(tools: Tools, ticket: string): Promise<Identity> {
  const kept = remove(tools, hashToken(ticket))
  if (!kept || kept.goneAt <= performance.now()) throw new ChatError('ticket_invalid')
  return { scope: await scopeOf(tools, kept.session, kept.user), expiresAt: kept.expiresAt }
}

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
