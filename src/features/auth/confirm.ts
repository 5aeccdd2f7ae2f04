import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { checkPassword } from './passwords.ts'
import { limitAttempts, refundAttempt } from './rates.ts'
import { findSession, findUser, type UserRow } from './store.ts'

const freshMs = 10 * 60_000

/**
 * Required before changes that could take the account from its user. The actor needs their password, or a session that
 * signed in a few minutes ago: a thief with a copied cookie or token has neither.
 */
export async function confirm(scope: Scope, password: string | undefined): Promise<void> {
  if (password !== undefined) await requirePassword(scope, password)
  else if (!(await signedInLately(scope))) throw new ChatError('confirm_password')
}

async function signedInLately({ sql, session, limitedTo, clock }: Scope): Promise<boolean> {
  if (limitedTo !== undefined) return false
  const row = await findSession(sql, session)
  const age = row ? clock().getTime() - row.createdAt.getTime() : Number.POSITIVE_INFINITY
  // If the clock was set back, a session may have a negative age: it does not count as recent.
  return age >= 0 && age < freshMs
}

/** Checks the actor's password and returns their row. */
export async function requirePassword(scope: Scope, password: string): Promise<UserRow> {
  const { actor } = scope
  limitAttempts(scope, 'session_password', actor.id)
  const row = await findUser(scope.sql, actor.id)
  if (!row || !(await checkPassword(scope, password, row.passwordHash, 'known'))) throw wrongPassword()
  refundAttempt(scope, 'session_password', actor.id)
  return row
}

export const wrongPassword = (): ChatError => invalidField('/current_password', 'wrong_current_password')
