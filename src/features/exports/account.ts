import type { Scope } from '../../scope.ts'
import { showArrangement } from '../arrangements/own.ts'
import { presentUser } from '../auth/present.ts'
import { listSessions } from '../auth/sessions.ts'
import { listKeywords } from '../keywords/own.ts'
import { showMailSettings } from '../mail/account.ts'
import { listReportsBy } from '../reports/store.ts'
import { listOwnInvitations } from '../rooms/invitation.ts'
import { listSavedBy } from '../saved/store.ts'
import { listFollowsOf } from '../threads/store.ts'
import { listTokens } from '../tokens/token.ts'
import { listBlocks } from '../users/blocks.ts'
import { table } from './html/contents.ts'
import type { Times } from './html/times.ts'

type Account = Awaited<ReturnType<typeof accountOf>>

/** What `account.json` has; `own` in `ownership.ts` names its lists. */
export async function accountOf(scope: Scope) {
  await scope.recheck()
  const [sessions, tokens, blocks, invitations] = [
    await listSessions(scope),
    await listTokens(scope, scope.actor),
    await listBlocks(scope),
    await listOwnInvitations(scope),
  ]
  return {
    exported_at: scope.clock().toISOString(),
    profile: presentUser(scope, scope.actor, { withEmail: true }),
    sessions: sessions.items,
    tokens: tokens.items,
    blocks: blocks.items,
    invitations: invitations.items,
    threads: await listFollowsOf(scope.sql, scope.actor.id),
    saved: await listSavedBy(scope.sql, scope.actor.id),
    keywords: (await listKeywords(scope)).keywords,
    arrangement: await showArrangement(scope),
    reports: await listReportsBy(scope.sql, scope.actor.id),
    mail: await showMailSettings(scope),
  }
}

export function profile(
  {
    profile: { username, display_name, title, pronouns, time_zone, custom_status, email, created_at, roles },
  }: Account,
  times: Times,
): string {
  const rows = [
    ['Name', display_name],
    ['Username', username],
    ...(email === undefined ? [] : [['Email address', email]]),
    ...(title === undefined ? [] : [['Title', title]]),
    ...(pronouns === undefined ? [] : [['Pronouns', pronouns]]),
    ...(time_zone === undefined ? [] : [['Time zone', time_zone]]),
    ...(custom_status === undefined
      ? []
      : [['Status', [custom_status.emoji, custom_status.text].filter(Boolean).join(' ')]]),
    ['Roles', roles.join(', ')],
    ['Account created', times.both(created_at)],
  ]
  return table('Profile', [], rows)
}

export const lists = (
  { sessions, tokens, blocks, invitations, threads, saved, keywords, arrangement, reports }: Account,
  { both }: Times,
): string[] => [
  table(
    'Where you are signed in',
    ['Device', 'Since', 'Last used'],
    sessions.map(({ user_agent, created_at, used_at }) => [user_agent, both(created_at), both(used_at)]),
  ),
  table(
    'API tokens',
    ['Name', 'May', 'Expires'],
    tokens.map(({ name, scopes, expires_at }) => [name, scopes.join(', '), both(expires_at)]),
  ),
  table(
    'People you have blocked',
    ['Name', 'Username'],
    blocks.map(({ display_name, username }) => [display_name, username]),
  ),
  table(
    'Invitations',
    ['Room', 'From', 'At'],
    invitations.map(({ title, invited_by, at }) => [title, invited_by, both(at)]),
  ),
  table(
    'Threads you follow',
    ['Room', 'Message'],
    threads.filter(({ following }) => following).map(({ room, seq }) => [room, `${seq}`]),
  ),
  table(
    'Your keywords',
    ['Word'],
    keywords.map((word) => [word]),
  ),
  table(
    'Your sections of rooms',
    ['Name'],
    arrangement.sections.map(({ name }) => [name]),
  ),
  table(
    'Messages you have saved',
    ['Room', 'Message', 'At'],
    saved.map(({ room, seq, at }) => [room, `${seq}`, both(at.toISOString())]),
  ),
  table(
    'Messages you have reported',
    ['Room', 'Message', 'Reason', 'At'],
    reports.map(({ room, seq, reason, at }) => [room, `${seq}`, reason, both(at.toISOString())]),
  ),
]
