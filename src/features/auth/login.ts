import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Login, TokenPair } from '../../protocol/users.ts'
import { isBanned, type Person, type Tools } from '../../scope.ts'
import { knownDevice } from './devices.ts'
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
  const failures =
    device === undefined ? ofStrangers(tools, request, user?.id ?? name) : ofDevice(tools, device)
  const correct = await checkPassword(
    tools,
    login.password,
    user?.passwordHash,
    device ? 'known' : 'stranger',
  )
  if (!user || !correct || !mayLogIn(user)) throw wrong()
  failures.refundAttempt()
  const person = people(tools).keep(user)
  refuseBanned(person)
  const userAgent = request.headers.get('user-agent') ?? ''
  const pair = await startSession(tools, person, userAgent, async (sql) => {
    // The check takes long. The password may have been changed in the meantime, to lock out a person who knows the old one.
    const now = await findUser(sql, user.id)
    if (!now || now.passwordHash !== user.passwordHash || !mayLogIn(now)) throw wrong()
    refuseBanned(people(tools).keep(now))
  })
  return { person, pair }
}

/** An unknown name has the same limit as an account, so that both get the same response. */
function ofStrangers(tools: Tools, request: Request, account: string) {
  limitAttempts(tools, 'login_address', tools.http.addressOf(request))
  return failuresOf(tools, 'login_account', account)
}

const ofDevice = (tools: Tools, device: string) => failuresOf(tools, 'login_device', device)

/** Counts each attempt before it is checked, so that parallel attempts count too; a correct password is refunded. */
function failuresOf(tools: Tools, what: 'login_account' | 'login_device', key: string) {
  limitAttempts(tools, what, key)
  return { refundAttempt: () => refundAttempt(tools, what, key) }
}

const mayLogIn = ({ bot, deletedAt }: UserRow): boolean => !bot && !deletedAt

function refuseBanned(person: Person): void {
  if (!isBanned(person)) return
  const { reason, until } = person.ban!
  throw new ChatError('account_banned', {
    ...(reason !== undefined && { reason }),
    ...(until && { until: until.toISOString() }),
  })
}

const wrong = (): ChatError => new ChatError('wrong_login')
