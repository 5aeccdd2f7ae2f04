import type { MailPolicy, Tools } from '../../scope.ts'
import { authorsOf, nobody } from '../auth/people.ts'
import { findUser } from '../auth/store.ts'
import { type Composed, languageFor, mayGetMail } from '../mail/compose.ts'
import type { Line } from '../mail/letter.ts'
import { findMailSettings, type MailRow } from '../mail/store.ts'
import { unsubscribeToken } from '../mail/unsubscribe.ts'
import { listMissed, type Missed } from './store.ts'

const mostRooms = 10
const mostNames = 4
/** Rooms and authors together. */
const mostRows = 200

/** Undefined if nothing of it is left: it was read or deleted meanwhile, or the person does not want it any more. */
export async function composeMissed(
  tools: Tools,
  { origin }: MailPolicy,
  row: MailRow,
): Promise<Composed | undefined> {
  const user = await findUser(tools.sql, row.userId!)
  if (!user?.email || !user.emailConfirmedAt || !mayGetMail(tools, user)) return undefined
  const settings = await findMailSettings(tools.sql, user.id)
  if (!settings.missed) return undefined
  const { since, until } = row.detail as { since: string; until: string }
  const range = { since: new Date(since), until: new Date(until), limit: mostRows }
  const missed = await listMissed(tools.sql, user.id, range)
  if (missed.length === 0) return undefined
  const language = await languageFor(tools, user, row)
  const token = unsubscribeToken(tools, user.id, 'missed')
  const letter = {
    subject: 'missed.subject',
    before: ['missed.text'],
    lines: tools.policy.pushContent === 'none' ? [] : await linesOf(tools, missed, language),
    action: 'missed.action',
    url: `${origin}/#for-you`,
    after: ['missed.when'],
    unsubscribe: `${origin}/#unsubscribe=${token}`,
  } as const
  return { to: user.email, language, letter, oneClick: `${origin}/mail/unsubscribe/${token}` }
}

/** One for each room: where, and who. */
async function linesOf(tools: Tools, missed: Missed[], language: string): Promise<Line[]> {
  const people = await authorsOf(
    tools,
    missed.map(({ authorId }) => authorId),
  )
  const nameOf = ({ authorId }: Missed): string => {
    const { displayName, username } = people.get(authorId) ?? nobody(authorId)
    return isolated(displayName || username)
  }
  const list = new Intl.ListFormat(language, { type: 'conjunction' })
  const rooms = [...Map.groupBy(missed, ({ room }) => room).values()]
  const lines = rooms.slice(0, mostRooms).map((own): Line => {
    const [{ room, title, access }] = own as [Missed]
    const names = own.slice(0, mostNames).map(nameOf)
    const values = {
      room: isolated(title || room),
      people: own.length > mostNames ? `${names.join(', ')} …` : list.format(names),
      count: String(own.reduce((sum, { count }) => sum + count, 0)),
    }
    return { word: access === 'direct' ? 'missed.direct' : 'missed.room', values }
  })
  return rooms.length > mostRooms ? [...lines, { word: 'missed.more', values: {} }] : lines
}

/** A name does not change the direction of what is around it. */
const isolated = (name: string): string => `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`
