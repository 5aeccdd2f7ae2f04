import { constantTimeEqual, keyedHash } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import { findUser } from '../auth/store.ts'
import { storeMailSettings } from './store.ts'

/** The kinds of mail that people can do without. */
const optional = ['device', 'missed'] as const
type Optional = (typeof optional)[number]
const columns = { device: { newDevice: false }, missed: { missed: false } } as const satisfies Record<
  Optional,
  object
>

/*
 * The token in a mail says who and what, and proves that we wrote it. It opens nothing else and has no end: an old mail in a
 * mailbox can still be unsubscribed from (RFC 8058 section 3.1).
 */

const markOf = ({ policy }: Tools, body: string): string =>
  keyedHash(policy.keyFor('unsubscribe'), body).slice(0, 22)

export function unsubscribeToken(tools: Tools, user: string, kind: Optional): string {
  const body = `${user.replaceAll('-', '')}.${kind}`
  return `${body}.${markOf(tools, body)}`
}

export async function unsubscribe(tools: Tools, token: string): Promise<void> {
  const { user, kind } = readToken(tools, token)
  // Nothing is sent to an erased person.
  if ((await findUser(tools.sql, user))?.deletedAt === null)
    await storeMailSettings(tools.sql, user, columns[kind])
}

/** Refuses a token that we did not write. */
export function readToken(tools: Tools, token: string): { user: string; kind: Optional } {
  const [hex = '', name = '', mark = ''] = token.split('.')
  const kind = optional.find((each) => each === name)
  if (!kind || !constantTimeEqual(markOf(tools, `${hex}.${name}`), mark)) throw new ChatError('nothing_here')
  return { user: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), kind }
}
