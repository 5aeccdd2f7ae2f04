import { isBanned, type MailPolicy, type Person, perServer, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { issueLink } from '../auth/one-time-links.ts'
import { people } from '../auth/people.ts'
import { findUser, findUserByName, lockUser, type UserRow } from '../auth/store.ts'
import type { Letter } from './letter.ts'
import { findMailSettings, type MailRow } from './store.ts'
import { unsubscribeToken } from './unsubscribe.ts'

export type Composed = { to: string; language: string; letter: Letter; oneClick?: string }
type Compose = (tools: Tools, mail: MailPolicy, row: MailRow) => Promise<Composed | undefined>
type Kind = { mostAgeMs: number; compose: Compose }

const dayMs = 24 * 3_600_000

/** The kinds of mail: how long one is worth sending, and what it says. Composed when it is sent, by what is true then. */
export const kinds: Readonly<Record<string, Kind>> = {
  reset: { mostAgeMs: 3_600_000, compose: composeReset },
  confirm: { mostAgeMs: dayMs, compose: composeConfirm },
  device: { mostAgeMs: dayMs, compose: composeDevice },
}

/** Those of features that use this one. */
const added = perServer((): Record<string, Kind> => ({}))

export function addKind(tools: Tools, name: string, kind: Kind): void {
  added(tools)[name] = kind
}

export const kindOf = (tools: Tools, name: string): Kind | undefined => kinds[name] ?? added(tools)[name]

async function composeReset(tools: Tools, { origin }: MailPolicy, row: MailRow) {
  const user = await findUserByName(tools.sql, row.address ?? '')
  if (!user?.email || !mayGetMail(tools, user)) return undefined
  const token = await tools.sql.transaction((sql) => linkFor(tools, sql, user, 'reset'))
  if (token === undefined) return undefined
  const letter = {
    subject: 'reset.subject',
    before: ['reset.text', 'reset.how'],
    action: 'reset.action',
    url: `${origin}/#reset=${token}`,
    after: ['reset.else'],
  } as const
  return { to: user.email, language: await languageFor(tools, user, row), letter }
}

async function composeConfirm(tools: Tools, { origin }: MailPolicy, row: MailRow) {
  const user = await findUser(tools.sql, row.userId!)
  // The address may be another one by now, for which there is another mail.
  if (!user?.email || user.email !== row.address || user.emailConfirmedAt || !mayGetMail(tools, user))
    return undefined
  const token = await tools.sql.transaction((sql) => linkFor(tools, sql, user, 'confirm', dayMs))
  if (token === undefined) return undefined
  const letter = {
    subject: 'confirm.subject',
    before: ['confirm.text', 'confirm.how'],
    action: 'confirm.action',
    url: `${origin}/#confirm=${token}`,
    after: ['confirm.else'],
  } as const
  return { to: user.email, language: await languageFor(tools, user, row), letter }
}

async function composeDevice(tools: Tools, { origin }: MailPolicy, row: MailRow) {
  const user = await findUser(tools.sql, row.userId!)
  if (!user?.email || !user.emailConfirmedAt || !mayGetMail(tools, user)) return undefined
  const settings = await findMailSettings(tools.sql, user.id)
  if (!settings.newDevice) return undefined
  const { at, device } = row.detail as { at: string; device: string }
  const token = unsubscribeToken(tools, user.id, 'device')
  const letter = {
    subject: 'device.subject',
    before: ['device.text', 'device.at', 'device.what', 'device.how'],
    action: 'device.action',
    url: `${origin}/#settings=sessions`,
    values: { username: user.username, at, device },
    unsubscribe: `${origin}/#unsubscribe=${token}`,
  } as const
  const language = await languageFor(tools, user, row)
  return { to: user.email, language, letter, oneClick: `${origin}/mail/unsubscribe/${token}` }
}

export const mayGetMail = (tools: Tools, user: UserRow): boolean =>
  !user.bot && user.deletedAt === null && !isBanned(tools, personIn(tools, user))

const personIn = (tools: Tools, user: UserRow): Person => people(tools).keep(user)

/** Undefined if the address is another one by the time that nobody can change it. */
async function linkFor(tools: Tools, sql: Sql, user: UserRow, kind: 'reset' | 'confirm', lifeMs?: number) {
  const link = { kind, user: user.id, email: user.email!, ...(lifeMs !== undefined && { lifeMs }) }
  // Two nodes that send at the same moment count each other's links.
  await lockUser(sql, user.id)
  const now = await findUser(sql, user.id)
  if (now?.email !== user.email) return undefined
  return (await issueLink(tools, sql, link)).token
}

/** Somebody else may have asked for the mail: the language that the person has used before counts first. */
export const languageFor = async ({ sql }: Tools, { id }: UserRow, row: MailRow): Promise<string> =>
  (await findMailSettings(sql, id)).language ?? row.language
