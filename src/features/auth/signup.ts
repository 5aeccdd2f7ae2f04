import type { Asker } from '../../crypto/passwords.ts'
import { type ChatError, invalidField } from '../../protocol/errors.ts'
import { type Person, perServer, type Tools } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { hasOtherSpelling } from './emails.ts'
import { hashPassword } from './passwords.ts'
import { people } from './people.ts'
import { isUnusable, usernameReserved } from './reserved.ts'
import { findUserByName, insertUser, type UserRow } from './store.ts'

/** An account that an administrator created, or the operator with the set-up link. */
export type CreatedAccount = { person: Person; by?: string }

const listeners = perServer((): ((made: CreatedAccount) => Promise<void>)[] => [])

export const onAccountCreated = (tools: Tools, listener: (made: CreatedAccount) => Promise<void>): void =>
  void listeners(tools).push(listener)

export async function notifyAccountCreated(tools: Tools, made: CreatedAccount): Promise<void> {
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

/** Runs the insertion in a transaction of the caller, who may have more to do there, or be refused meanwhile. */
type Store = (insert: (sql: Sql) => Promise<UserRow>) => Promise<UserRow>

/** Without a password nobody can log in as this user: it is for tokens only, until one is set. */
export async function createUser(
  tools: Tools,
  request: NewUser,
  asker: Asker = 'stranger',
  store: Store = (insert) => insert(tools.sql),
): Promise<Person> {
  const username = request.username.toLowerCase()
  const { email } = request
  if (isUnusable(username)) throw usernameReserved()
  // The unique index decides; this check only saves the cost of a password hash.
  if (await findUserByName(tools.sql, username)) throw taken('username')
  // An account of before may have the address in another spelling, which the index does not know.
  if (email && hasOtherSpelling(email) && (await findUserByName(tools.sql, email))) throw taken('email')
  const owner = { username, email, displayName: request.display_name }
  const passwordHash =
    request.password === undefined ? null : await hashPassword(tools, request.password, owner, { asker })
  try {
    const user = {
      id: tools.newId(),
      username,
      displayName: request.display_name ?? request.username,
      email: email ?? null,
      passwordHash,
      role: request.role ?? 'user',
      bot: request.bot ?? false,
      createdAt: tools.clock(),
    }
    return people(tools).keep(await store((sql) => insertUser(sql, user)))
  } catch (error) {
    const broken = violation(error)
    if (broken?.constraint === 'users_username') throw taken('username')
    if (broken?.constraint === 'users_email') throw taken('email')
    throw error
  }
}

const taken = (field: 'username' | 'email'): ChatError => invalidField(`/${field}`, `${field}_taken`)
