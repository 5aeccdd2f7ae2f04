import { type Static, Type } from '@sinclair/typebox'
import { randomToken } from '../crypto/keys.ts'
import { people } from '../features/auth/people.ts'
import { createUser, notifyAccountCreated } from '../features/auth/signup.ts'
import { listUserRows } from '../features/auth/store.ts'
import { eraseAsOperator } from '../features/erasure/erase.ts'
import { findPerson } from '../features/users/find.ts'
import { banUser, grantRole, revokeRole, unbanUser } from '../features/users/roles.ts'
import { setPassword } from '../features/users/set-password.ts'
import { DisplayName, Email, GlobalRole, Username } from '../protocol/fields.ts'
import { BanRequest } from '../protocol/users.ts'
import { isBanned, type Person, presentBan, type Tools } from '../scope.ts'
import { plainLine } from '../text/plain.ts'
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
  await notifyAccountCreated(tools, person)
  const what = role === 'admin' ? 'administrator' : 'user'
  return withPassword([`created ${what} ${person.username}`], { username: person.username, role }, random)
}

export async function listAccounts(tools: Tools, _params: object): Promise<Outcome> {
  const rows = (await listUserRows(tools.sql)).filter(({ deletedAt }) => deletedAt === null)
  const accounts = rows.map((row) => people(tools).keep(row))
  return {
    lines: accounts.map((person) =>
      columns([
        person.username,
        roleOf(person),
        ...(person.bot ? ['bot'] : []),
        ...banColumns(tools, person),
      ]),
    ),
    data: accounts.map((person) => ({
      username: person.username,
      display_name: person.displayName,
      ...(person.email !== null && { email: person.email }),
      role: roleOf(person),
      bot: person.bot,
      banned: isBanned(tools, person),
      ...(isBanned(tools, person) && presentBan(person)),
      created_at: person.createdAt.toISOString(),
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
  { username, lift, ...ban }: { username: string; lift: boolean; reason?: string; until?: string },
): Promise<Outcome> {
  if (lift) {
    await unbanUser(tools, username)
    return { lines: [`${username} is no longer banned`], data: { username, banned: false } }
  }
  await banUser(tools, username, checkParams(BanRequest, ban))
  const person = await findPerson(tools, username)
  const until = person.ban?.until ? ` until ${person.ban.until.toISOString()}` : ''
  return {
    lines: [`${username} is banned${until} and signed out`],
    data: { username, banned: true, ...presentBan(person) },
  }
}

const roleOf = ({ admin }: Person): 'admin' | 'user' => (admin ? 'admin' : 'user')

function banColumns(tools: Tools, person: Person): string[] {
  if (!isBanned(tools, person)) return []
  const { reason, until } = person.ban!
  return [until ? `banned until ${until.toISOString()}` : 'banned', ...(reason ? [plainLine(reason)] : [])]
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
