import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { SignUp } from '../../protocol/users.ts'
import { isAdmin, type Person, type Scope, type Tools } from '../../scope.ts'
import { people } from '../auth/people.ts'
import { requireOwnName } from '../auth/reserved.ts'
import { createUser } from '../auth/signup.ts'
import { findInviteFor, joinByInvite } from '../invites/accept.ts'
import { writer } from '../log/writer.ts'
import { passOfServer } from '../rooms/access.ts'
import { sendRoomOpened } from '../rooms/membership.ts'
import { createByAdmin } from './by-admin.ts'

/** An administrator may always make an account; anybody else as the operator has set it. */
export async function signUp(
  tools: Tools,
  request: SignUp,
  asking: Scope | undefined,
  code: string | undefined,
): Promise<Person> {
  if (asking && isAdmin(asking)) return signUpByAdmin(asking, request)
  if (request.role === 'admin') throw invalidField('/role', 'admins_create_admins')
  const { signup } = tools.policy
  if (signup === 'open') {
    requireEmail(tools, request)
    await requireOwnName(tools.sql, tools.clock(), request)
    return createUser(tools, request)
  }
  if (signup === 'closed' || code === undefined) throw closed()
  requireEmail(tools, request)
  return signUpByInvite(tools, request, code)
}

function requireEmail({ policy }: Tools, { email }: SignUp): void {
  if (policy.signupEmail === 'required' && email === undefined) throw invalidField('/email', 'required')
}

async function signUpByAdmin(scope: Scope, request: SignUp): Promise<Person> {
  // A new administrator would keep a power that does not end when the token is revoked.
  if (request.role === 'admin' && scope.limitedTo) throw new ChatError('token_not_allowed')
  return createByAdmin(scope, request)
}

/**
 * Makes the account, uses up the invite and joins its room, all in one transaction: an invite for one person makes one
 * account.
 */
async function signUpByInvite(tools: Tools, request: SignUp, code: string): Promise<Person> {
  // Asked before the password is hashed; the transaction decides.
  const found = await findInviteFor(tools, code)
  if (!found) throw closed()
  await requireOwnName(tools.sql, tools.clock(), request)
  const { invite, room } = found
  try {
    const person = await createUser(tools, request, 'stranger', (insert) =>
      writer(tools).transact(passOfServer(room), async (tx) => {
        const row = await insert(tx.sql)
        await joinByInvite({ ...tools, actor: people(tools).keep(row) }, tx, room, invite)
        return row
      }),
    )
    await sendRoomOpened(tools, room, person)
    return person
  } catch (error) {
    const isOver = error instanceof ChatError && ['invite_invalid', 'room_not_found'].includes(error.reason)
    throw isOver ? closed() : error
  }
}

const closed = (): ChatError => new ChatError('signup_closed')
