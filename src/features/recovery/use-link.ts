import { hashToken } from '../../crypto/keys.ts'
import type { LinkSignIn, Reset } from '../../protocol/one-time-links.ts'
import type { TokenPair } from '../../protocol/users.ts'
import { announce, isBanned, type Person, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { refuseBanned } from '../auth/login.ts'
import { deleteLinksOf, findLink, type LinkKind, type LinkRow } from '../auth/one-time-link-store.ts'
import { linkInvalid, takeLink } from '../auth/one-time-links.ts'
import { hashPassword, ownerOf } from '../auth/passwords.ts'
import { people } from '../auth/people.ts'
import { settled } from '../auth/redeem.ts'
import { startSession } from '../auth/sessions.ts'
import { endSessionsOf, findUser, lockUser, updateUser } from '../auth/store.ts'
import { refreshPerson } from '../users/roles.ts'

const toSignIn = ['sign_in'] as const
/** A person who may sign in without the password may also set another one. */
const toSetPassword = ['reset', 'sign_in'] as const

/** Sets a new password, and ends every session of the person: somebody else may have known the old one. */
export async function resetPassword(tools: Tools, { token, password }: Reset): Promise<void> {
  await setPasswordBy(tools, token, password, toSetPassword)
}

/** Signs in, with a new password if one is given. */
export async function signInByLink(
  tools: Tools,
  { token, password }: LinkSignIn,
  userAgent: string,
): Promise<{ person: Person; pair: TokenPair }> {
  if (password !== undefined) {
    const person = await setPasswordBy(tools, token, password, toSignIn)
    const stillMay = async (sql: Sql) => void (await ownerIn(tools, sql, person.id))
    return { person, pair: await startSession(tools, person, userAgent, stillMay) }
  }
  const { person } = await look(tools, token, toSignIn)
  const pair = await startSession(tools, person, userAgent, async (sql) => {
    const link = await takeLink(tools, sql, token, toSignIn)
    await requireMaker(tools, sql, link)
    await ownerIn(tools, sql, person.id)
  })
  return { person, pair }
}

async function setPasswordBy(
  tools: Tools,
  token: string,
  password: string,
  kinds: readonly LinkKind[],
): Promise<Person> {
  // Looked at before the password is hashed, which takes long, and taken after. A weak password does not use it up.
  const { person } = await look(tools, token, kinds)
  const passwordHash = await hashPassword(tools, password, ownerOf(person), { asker: 'known' })
  const ended = await tools.sql.transaction(async (sql) => {
    await lockUser(sql, person.id)
    const link = await takeLink(tools, sql, token, kinds)
    await requireMaker(tools, sql, link)
    await ownerIn(tools, sql, person.id)
    if (link.kind === 'reset') await requireAddress(sql, link)
    // Who has the link of a mail has read the mail.
    const confirmed = link.kind === 'reset' && { emailConfirmedAt: tools.clock() }
    await updateUser(sql, person.id, { passwordHash, ...confirmed })
    await deleteLinksOf(sql, person.id)
    return endSessionsOf(sql, person.id, null, tools.clock())
  })
  for (const session of ended) announce(tools, { what: 'session', session, reason: 'password_changed' })
  await refreshPerson(tools, person.id)
  await settled(tools)
  return person
}

async function look(tools: Tools, token: string, kinds: readonly LinkKind[]) {
  const link = await findLink(tools.sql, hashToken(token), kinds, tools.clock())
  if (!link) throw linkInvalid()
  await requireMaker(tools, tools.sql, link)
  return { person: await ownerIn(tools, tools.sql, link.userId) }
}

/** A link of somebody who was no administrator any more by the time it is used is nobody's word. */
async function requireMaker(tools: Tools, sql: Sql, { createdBy }: LinkRow): Promise<void> {
  if (createdBy === null) return
  const maker = await findUser(sql, createdBy)
  if (maker?.role !== 'admin' || maker.deletedAt !== null) throw linkInvalid()
  if (isBanned(tools, people(tools).keep(maker))) throw linkInvalid()
}

/** A mail to an address that the person has given up is in somebody else's mailbox. */
async function requireAddress(sql: Sql, { userId, email }: LinkRow): Promise<void> {
  if ((await findUser(sql, userId))?.email !== email) throw linkInvalid()
}

async function ownerIn(tools: Tools, sql: Sql, id: string): Promise<Person> {
  const row = await findUser(sql, id)
  if (!row || row.deletedAt !== null) throw linkInvalid()
  const person = people(tools).keep(row)
  refuseBanned(tools, person)
  return person
}
