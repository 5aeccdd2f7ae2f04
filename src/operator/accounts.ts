import { randomToken } from '../crypto/keys.ts'
import { createUser } from '../features/auth/signup.ts'
import { listUserRows } from '../features/auth/store.ts'
import { ChatError } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'

type NewAccount = {
  username: string
  password?: string
  email?: string
  displayName?: string
  role?: 'admin' | 'user'
}

/** Without a password one is made and shown, once. */
export async function createAccount(tools: Tools, account: NewAccount): Promise<string[]> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{2,31}$/.test(account.username)) {
    throw new ChatError(
      'invalid',
      'A username has 3 to 32 letters, digits, "_", "." or "-", the first a letter or digit.',
    )
  }
  const made = account.password === undefined ? randomToken(12) : undefined
  const person = await createUser(tools, {
    username: account.username,
    password: account.password ?? made!,
    ...(account.email === undefined ? {} : { email: account.email }),
    ...(account.displayName === undefined ? {} : { display_name: account.displayName }),
    role: account.role ?? 'user',
  })
  const what = account.role === 'admin' ? 'administrator' : 'user'
  return [`made ${what} ${person.username}`, ...(made === undefined ? [] : [`password: ${made}`])]
}

export async function listAccounts(tools: Tools): Promise<string[]> {
  const rows = await listUserRows(tools.sql)
  return rows.map(({ username, role, bannedAt }) => `${username}\t${role}${bannedAt ? '\tbanned' : ''}`)
}
