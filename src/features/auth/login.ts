import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Login, TokenPair } from '../../protocol/users.ts'
import { isBanned, type Person, type Tools } from '../../scope.ts'
import { tidyEmail } from '../../text/email.ts'
import { knownDevice } from './devices.ts'
import { notifyEntered } from './entered.ts'
import { checkPassword } from './passwords.ts'
import { people } from './people.ts'
import { limitAttempts, refundAttempt } from './rates.ts'
import { startSession } from './sessions.ts'
import { findUser, findUserByName, type UserRow } from './store.ts'

/** Unknown users and wrong passwords get the same refusal after the same time. Only the correct password tells of a ban. */
export async function logIn(
  tools: Tools,
  login: Login,
  request: Request,
): Promise<{ person: Person; pair: TokenPair }> {
  const name = (login.username ?? login.email)?.toLowerCase()
  if (name === undefined) throw invalidField('/username', 'required')
  // No name contains a NUL, and Postgres refuses it even in a query.
  const user = name.includes('\0') ? undefined : await findUserByName(tools.sql, name)
  const device = user && (await knownDevice(tools, request, user.id))
  const failures = device === undefined ? ofStrangers(tools, request, name) : ofDevice(tools, device)
  const correct = await checkPassword(
    tools,
    login.password,
    user?.passwordHash,
    device ? 'known' : 'stranger',
  )
  if (!user || !correct || !mayLogIn(user)) throw wrong()
  failures.refundAttempt()
  const person = people(tools).keep(user)
  refuseBanned(tools, person)
  const userAgent = request.headers.get('user-agent') ?? ''
  const pair = await startSession(tools, person, userAgent, async (sql) => {
    // The check takes long. The password may have been changed in the meantime, to lock out a person who knows the old one.
    const now = await findUser(sql, user.id)
    if (!now || now.passwordHash !== user.passwordHash || !mayLogIn(now)) throw wrong()
    refuseBanned(tools, people(tools).keep(now))
  })
  await notifyEntered(tools, { person, request, on: device === undefined ? 'new_device' : 'known_device' })
  return { person, pair }
}

/**
 * Each username and each email address has a limit, whether somebody has it or not: one for both of an account would tell
 * which address belongs to a username.
 */
function ofStrangers(tools: Tools, request: Request, name: string) {
  limitAttempts(tools, 'login_address', tools.http.addressOf(request))
  return failuresOf(tools, 'login_account', name.includes('@') ? tidyEmail(name) : name)
}

const ofDevice = (tools: Tools, device: string) => failuresOf(tools, 'login_device', device)

/** Counts each attempt before it is checked, so that parallel attempts count too; a correct password is refunded. */
function failuresOf(tools: Tools, what: 'login_account' | 'login_device', key: string) {
  limitAttempts(tools, what, key)
  return { refundAttempt: () => refundAttempt(tools, what, key) }
}

const mayLogIn = ({ bot, deletedAt }: UserRow): boolean => !bot && !deletedAt

export function refuseBanned(tools: Tools, person: Person): void {
  if (!isBanned(tools, person)) return
  const { reason, until } = person.ban!
  throw new ChatError('account_banned', {
    ...(reason !== undefined && { reason }),
    ...(until && { until: until.toISOString() }),
  })
}

const wrong = (): ChatError => new ChatError('wrong_login')
