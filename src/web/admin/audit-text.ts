import type { AuditEntry } from '../../protocol/audit.ts'
import { type AuditAction, auditActions } from '../../protocol/audit-actions.ts'
import { whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'

/** A sentence for an audit entry; an unknown action is shown by its name. `titleOf` gives the titles of rooms. */
export function sentenceOf(entry: AuditEntry, titleOf: (room: string) => string): string {
  const { actor, action, subject, room } = entry
  const known = auditActions.find((each) => each === action)
  const who = actor ?? say('audit.operator')
  const where = room === undefined ? undefined : titleOf(room)
  if (!known) return [who, action, subject, where].filter(Boolean).join(' · ')
  return say(`audit.${kindOf(known, entry)}`, {
    who,
    whom: subject ?? '?',
    room: where ?? '?',
  })
}

function kindOf(action: AuditAction, { actor, subject }: AuditEntry) {
  if (action === 'member.put' && actor !== undefined && actor === subject) return 'member.entered'
  return action === 'user.erased' && actor === undefined ? 'user.erased_by_operator' : action
}

const roles = ['member', 'moderator', 'owner'] as const

/** The detail of an audit entry; in the reader's language where the page has a translation. */
export function detailOf({ action, detail }: AuditEntry): string {
  if (detail === null || typeof detail !== 'object') return ''
  const {
    role,
    until,
    reason,
    bot,
    access,
    invite: _,
    webhook: __,
    ...rest
  } = detail as Record<string, unknown>
  const inRoom = roles.find((each) => each === role)
  return [
    inRoom && say(`role.${inRoom}`),
    role === 'admin' && say('users.admin'),
    bot === true && say('person.bot'),
    (access === 'open' || access === 'closed') && `${say('details.access')}: ${say(`access.${access}Long`)}`,
    typeof until === 'string' &&
      say(action === 'user.banned' ? 'users.bannedUntil' : 'member.silenced', { at: whenOf(until) }),
    typeof reason === 'string' && say('users.banReason', { reason }),
    ...Object.entries(rest).map(([name, value]) => `${name}: ${plain(value)}`),
  ]
    .filter(Boolean)
    .join(' · ')
}

const plain = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(plain).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
