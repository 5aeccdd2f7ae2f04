import { ChatError } from '../../protocol/errors.ts'
import type { SignInLink } from '../../protocol/one-time-links.ts'
import type { Scope } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { refuseBanned } from '../auth/login.ts'
import { issueLink } from '../auth/one-time-links.ts'
import { actAs } from '../auth/redeem.ts'
import { lockUser } from '../auth/store.ts'
import { findPerson } from '../users/find.ts'

/** For somebody who has forgotten their password: who made it is on record, and it can be used once. */
export async function createSignInLink(scope: Scope, username: string, origin: string): Promise<SignInLink> {
  const person = await findPerson(scope, username)
  if (person.bot) throw new ChatError('bot_without_password')
  return actAs(scope, 'admin', async (sql) => {
    // A ban or an erasure at the same time comes before, and is seen, or after, and deletes the link.
    await lockUser(sql, person.id)
    if (person.deleted) throw new ChatError('user_not_found')
    refuseBanned(scope, person)
    return issueSignInLink(scope, sql, person.id, origin)
  })
}

export async function issueSignInLink(
  scope: Scope,
  sql: Sql,
  user: string,
  origin: string,
): Promise<SignInLink> {
  const { id: createdBy } = scope.actor
  await recordAct(scope, { actor: createdBy, action: 'user.sign_in_link', subject: user }, sql)
  const { token, expiresAt } = await issueLink(scope, sql, { kind: 'sign_in', user, createdBy })
  return { link: `${origin}/#sign-in=${token}`, expires_at: expiresAt.toISOString() }
}
