import { hashToken, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import {
  deleteOldLinks,
  insertLink,
  type LinkKind,
  type LinkRow,
  takeLinkRow,
} from './one-time-link-store.ts'

const lifeMs = 30 * 60_000

/** How many links of each kind work at the same time for a person: a mail may be asked for again while the first is on its way. */
const mostLive = { sign_in: 1, reset: 3, confirm: 3 } as const satisfies Record<LinkKind, number>

type NewLink = { kind: LinkKind; user: string; createdBy?: string; email?: string; lifeMs?: number }

/** Stores the hash of a new token, deletes the links that are over, and returns the token. */
export async function issueLink(tools: Tools, sql: Sql, link: NewLink) {
  const token = randomToken()
  const now = tools.clock()
  const expiresAt = new Date(now.getTime() + (link.lifeMs ?? lifeMs))
  const { kind, user, createdBy = null, email = null } = link
  await deleteOldLinks(sql, { user, kind, now, most: mostLive[kind] - 1 })
  await insertLink(sql, { hash: hashToken(token), kind, userId: user, createdBy, email, expiresAt })
  return { token, expiresAt }
}

/** Uses a link up: of many at the same time, on whatever nodes, one gets it. */
export async function takeLink(
  tools: Tools,
  sql: Sql,
  token: string,
  kinds: readonly LinkKind[],
): Promise<LinkRow> {
  const taken = await takeLinkRow(sql, hashToken(token), kinds, tools.clock())
  if (!taken) throw linkInvalid()
  return taken
}

export const linkInvalid = (): ChatError => new ChatError('link_invalid')
