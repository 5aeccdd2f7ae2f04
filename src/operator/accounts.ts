import { type Static, Type } from '@sinclair/typebox'
import { randomToken } from '../crypto/keys.ts'
import { createUser, notifyAccountCreated } from '../features/auth/signup.ts'
import { listUserRows } from '../features/auth/store.ts'
import { eraseAsOperator } from '../features/erasure/erase.ts'
import { banUser, grantRole, revokeRole, unbanUser } from '../features/users/roles.ts'
import { setPassword } from '../features/users/set-password.ts'
import { DisplayName, Email, GlobalRole, Username } from '../protocol/fields.ts'
import type { Tools } from '../scope.ts'
import { checkParams } from './check.ts'
import { columns } from './columns.ts'
import type { Outcome } from './operation.ts'

const NewAccount = Type.Object({
  username: Type.Optional(Username),
  email: Type.Optional(Email),
  name: Type.Optional(DisplayName),
  role: Type.Optional(GlobalRole),
  password: Type.Optional(Type.String({ maxLength: 1024 })),
})

/** Without a password, a random one is set and shown once. */
export async function createAccount(tools: Tools, params: Static<typeof NewAccount>): Promise<Outcome> {
  const { username, email, name, role = 'user', password } = checkParams(NewAccount, params)
  const random = password === undefined ? randomToken(12) : undefined
  const person = await createUser(tools, {
    ...(username !== undefined && { username }),
    password: password ?? random!,
    ...(email !== undefined && { email }),
    ...(name !== undefined && { display_name: name }),
    role,
  })
  await notifyAccountCreated(tools, { person })
  const what = role === 'admin' ? 'administrator' : 'user'
  return withPassword([`created ${what} ${person.username}`], { username: person.username, role }, random)
}

export async function listAccounts(tools: Tools, _params: object): Promise<Outcome> {
  const rows = (await listUserRows(tools.sql)).filter(({ deletedAt }) => deletedAt === null)
  return {
    lines: rows.map(({ username, role, bot, bannedAt }) =>
      columns([username, role, ...(bot ? ['bot'] : []), ...(bannedAt ? ['banned'] : [])]),
    ),
    data: rows.map(({ username, displayName, email, role, bot, bannedAt, createdAt }) => ({
      username,
      display_name: displayName,
      ...(email !== null && { email }),
      role,
      bot,
      banned: bannedAt !== null,
      created_at: createdAt.toISOString(),
    })),
  }
}

export async function setRole(
  tools: Tools,
  { username, role }: { username: string; role: 'admin' | 'user' },
): Promise<Outcome> {
  if (role === 'admin') await grantRole(tools, username, 'admin')
  else await revokeRole(tools, username, 'admin')
  const what = role === 'admin' ? 'an administrator' : 'an ordinary user'
  return { lines: [`${username} is ${what}`], data: { username, role } }
}

export async function setBanned(
  tools: Tools,
  { username, lift }: { username: string; lift: boolean },
): Promise<Outcome> {
  await (lift ? unbanUser : banUser)(tools, username)
  const lines = [lift ? `${username} is no longer banned` : `${username} is banned and signed out`]
  return { lines, data: { username, banned: !lift } }
}

export async function eraseAccount(
  tools: Tools,
  { username, messages }: { username: string; messages: 'keep' | 'delete' },
): Promise<Outcome> {
  await eraseAsOperator(tools, username, messages)
  const what = messages === 'delete' ? 'their messages are deleted' : 'their messages stay'
  return { lines: [`erased the account of ${username}; ${what}`], data: { username, messages } }
}

/** Without a password, a random one is set and shown once. */
export async function setAccountPassword(
  tools: Tools,
  { username, password }: { username: string; password?: string | undefined },
): Promise<Outcome> {
  const random = password === undefined ? randomToken(12) : undefined
  await setPassword(tools, username, password ?? random!)
  return withPassword([`${username} has a new password and must log in again`], { username }, random)
}

function withPassword(lines: string[], data: object, password: string | undefined): Outcome {
  if (password === undefined) return { lines, data }
  return { lines: [...lines, `password: ${password}`], data: { ...data, password } }
}
