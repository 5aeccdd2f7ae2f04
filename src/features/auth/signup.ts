import { hashToken } from '../../crypto/keys.ts'
import type { Asker } from '../../crypto/passwords.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { SignUp } from '../../protocol/users.ts'
import { type Person, perServer, type Tools } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import { hashPassword } from './passwords.ts'
import { erasedName, people } from './people.ts'
import { findUserByName, hasInvite, insertUser } from './store.ts'

/** Who asks for an account: nobody yet, an admin, or the operator on the command line. */
export type Asking = { admin: boolean; id?: string; byToken?: boolean }

/** With SIGNUP=invite, whoever holds an invite to a room may make an account for it. */
export async function signUp(
  tools: Tools,
  request: SignUp,
  asking: Asking,
  invite?: string,
): Promise<Person> {
  if (request.role === 'admin' && !asking.admin) {
    throw invalidField('/role', 'admins_create_admins')
  }
  // Whoever holds a token would have a power that revoking the token does not end.
  if (request.role === 'admin' && asking.byToken) throw new ChatError('token_not_allowed')
  const invited = tools.policy.signup === 'invite' && invite !== undefined && (await isInvited(tools, invite))
  if (tools.policy.signup !== 'open' && !asking.admin && !invited) {
    throw new ChatError('signup_closed')
  }
  const person = await createUser(tools, request, asking.admin ? 'known' : 'stranger')
  if (asking.admin) await tellMade(tools, { person, ...(asking.id === undefined ? {} : { by: asking.id }) })
  return person
}

/** An account that an administrator created, or the operator with the set-up link. */
export type Made = { person: Person; by?: string }

const listeners = perServer((): ((made: Made) => Promise<void>)[] => [])

export const onMade = (tools: Tools, listener: (made: Made) => Promise<void>): void =>
  void listeners(tools).push(listener)

export async function tellMade(tools: Tools, made: Made): Promise<void> {
  for (const listener of listeners(tools)) await listener(made)
}

type NewUser = {
  username: string
  email?: string
  password?: string
  display_name?: string
  role?: 'admin' | 'user'
  bot?: boolean
}

/** Without a password nobody can log in as this user: it is for tokens only, until one is set. */
export async function createUser(tools: Tools, request: NewUser, asker: Asker = 'stranger'): Promise<Person> {
  const username = request.username.toLowerCase()
  const email = request.email?.toLowerCase()
  // The unique index decides; this check only saves the cost of a password hash.
  if (username === erasedName || (await findUserByName(tools.sql, username))) throw taken('username')
  const passwordHash =
    request.password === undefined
      ? null
      : await hashPassword(tools, request.password, { username, ...(email ? { email } : {}) }, { asker })
  try {
    const row = await insertUser(tools.sql, {
      id: tools.newId(),
      username,
      displayName: request.display_name ?? request.username,
      email: email ?? null,
      passwordHash,
      role: request.role ?? 'user',
      bot: request.bot ?? false,
      createdAt: tools.clock(),
    })
    return people(tools).meet(row)
  } catch (error) {
    const broken = violation(error)
    if (broken?.constraint === 'users_username') throw taken('username')
    if (broken?.constraint === 'users_email') throw taken('email')
    throw error
  }
}

const taken = (field: 'username' | 'email'): ChatError => invalidField(`/${field}`, `${field}_taken`)

const isInvited = (tools: Tools, code: string): Promise<boolean> =>
  hasInvite(tools.sql, hashToken(code), tools.clock())
