import { hashToken, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Scope, type Tools } from '../../scope.ts'
import { type Identity, scopeOf } from './sessions.ts'

export const ticketSeconds = 30
const mostTickets = 10_000

/** Tickets given out and not yet used, by their hash. Taking one removes it before anything is awaited. */
const tickets = perServer(
  () => new Map<string, { session: string; user: string; expiresAt: number; goneAt: number }>(),
)

/** Lets one socket in within 30 s, for clients that can set no header: a URL may end up in a proxy's log. */
export function issueTicket(tools: Tools, scope: Scope): string {
  const kept = tickets(tools)
  const now = performance.now()
  for (const [hash, { goneAt }] of kept) {
    if (goneAt > now && kept.size < mostTickets) break
    kept.delete(hash)
  }
  const ticket = randomToken()
  const expiresAt = tools.clock().getTime() + tools.policy.accessTokenSeconds * 1000
  kept.set(hashToken(ticket), {
    session: scope.session,
    user: scope.actor.id,
    expiresAt,
    goneAt: now + ticketSeconds * 1000,
  })
  return ticket
}

export async function redeemTicket(tools: Tools, ticket: string): Promise<Identity> {
  const hash = hashToken(ticket)
  const kept = tickets(tools).get(hash)
  tickets(tools).delete(hash)
  if (!kept || kept.goneAt <= performance.now()) throw new ChatError('ticket_invalid')
  return { scope: await scopeOf(tools, kept.session, kept.user), expiresAt: kept.expiresAt }
}
