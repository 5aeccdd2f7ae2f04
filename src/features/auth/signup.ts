import type { Asker } from '../../crypto/passwords.ts'
import { type ChatError, invalidField } from '../../protocol/errors.ts'
import { type Person, perServer, type Tools } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { hasOtherSpelling } from './emails.ts'
import { madeUsernames } from './made-username.ts'
import { hashPassword } from './passwords.ts'
import { people } from './people.ts'
import { isUnusable, usernameReserved } from './reserved.ts'
import { findUserByName, insertUser, type UserRow } from './store.ts'

const listeners = perServer((): ((person: Person) => Promise<void>)[] => [])

/** Called with an account that the operator created, on the command line or with the set-up link. */
export const onAccountCreated = (tools: Tools, listener: (person: Person) => Promise<void>): void =>
  void listeners(tools).push(listener)

export async function notifyAccountCreated(tools: Tools, person: Person): Promise<void> {
  for (const listener of listeners(tools)) await listener(person)
}

type NewUser = {
  /** Absent: one is made from the email address or the display name. */
  username?: string
  email?: string
  password?: string
  display_name?: string
  role?: 'admin' | 'user'
  bot?: boolean
}

/** Runs the insertion in a transaction of the caller, who may have more to do there, or be refused meanwhile. */
type Store = (insert: (sql: Sql) => Promise<UserRow>) => Promise<UserRow>

/** Refuses a username that nobody can be given. The unique index decides; to look first changes nothing, and costs no password hash. */
export async function requireFree({ sql }: Tools, username: string): Promise<void> {
  if (isUnusable(username)) throw usernameReserved()
  if (await findUserByName(sql, username)) throw taken('username')
}

/** Without a password nobody can log in as this user: it is for tokens only, until one is set. */
export async function createUser(
  tools: Tools,
  request: NewUser,
  asker: Asker = 'stranger',
  store: Store = (insert) => insert(tools.sql),
): Promise<Person> {
  const { email, password } = request
  const chosen = request.username?.toLowerCase()
  if (chosen === undefined && email === undefined) throw invalidField('/username', 'required')
  // An older account may have the address in another spelling, which the index does not know.
  if (email && hasOtherSpelling(email) && (await findUserByName(tools.sql, email))) throw taken('email')
  if (chosen !== undefined) await requireFree(tools, chosen)
  const made = madeUsernames(tools.sql, tools.clock(), request)
  let username = chosen ?? (await nextUnused(tools.sql, made))
  const owner = { username, email, displayName: request.display_name }
  const passwordHash = password === undefined ? null : await hashPassword(tools, password, owner, { asker })
  for (;;) {
    try {
      const user = {
        id: tools.newId(),
        username,
        displayName: request.display_name ?? request.username ?? username,
        email: email ?? null,
        passwordHash,
        role: request.role ?? 'user',
        bot: request.bot ?? false,
        createdAt: tools.clock(),
      }
      return people(tools).keep(await store((sql) => insertUser(sql, user)))
    } catch (error) {
      const broken = violation(error)
      if (broken?.constraint === 'users_email') throw taken('email')
      if (!['users_username', 'users_name_once'].includes(broken?.constraint ?? '')) throw error
      if (chosen !== undefined) throw taken('username')
      username = await nextUnused(tools.sql, made)
    }
  }
}

async function nextUnused(sql: Sql, names: ReturnType<typeof madeUsernames>): Promise<string> {
  for (;;) {
    const { value } = await names.next()
    if (!(await findUserByName(sql, value))) return value
  }
}

const taken = (field: 'username' | 'email'): ChatError => invalidField(`/${field}`, `${field}_taken`)
