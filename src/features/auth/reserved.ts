import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Person } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { skeletonOf } from '../../text/lookalikes.ts'
import { erasedDisplayName, erasedName } from './people.ts'
import { everyName, listAdminNames } from './store.ts'

/** Nobody can have these: the server uses them, or a mention of them means many people or nobody. */
const unusable = [
  ...[erasedName, 'all', 'channel', 'everyone', 'here', 'room'],
  ...['me', 'null', 'undefined'],
]

/** They speak for the server. Only an administrator, the operator or the set-up link makes such an account. */
const official = [
  ...['admin', 'admins', 'administrator', 'administrators', 'moderator', 'moderators', 'operator', 'root'],
  ...['official', 'parley', 'security', 'staff', 'support', 'system'],
]

/** The same in the languages of the page, for display names. */
const officialInOtherLanguages = [
  ...['administration', 'systemverwaltung', 'moderation', 'hilfe', 'alle'],
  ...['系统', '管理员', '管理員', '客服', '所有人', 'النظام', 'مدير', 'المدير', 'المشرف', 'الدعم', 'الجميع'],
]

const skeletonsOf = (names: readonly string[]): ReadonlySet<string> => new Set(names.map(skeletonOf))

const unusableSkeletons = skeletonsOf(unusable)
const reservedSkeletons = skeletonsOf([
  ...unusable,
  ...official,
  ...officialInOtherLanguages,
  erasedDisplayName,
  'Deleted account',
])

/** Bots of webhooks are called `hook-…`. */
const ofWebhook = /^hook-/

export const isUnusable = (username: string): boolean =>
  ofWebhook.test(username) || unusableSkeletons.has(skeletonOf(username))

/** What somebody wants to be called. The paths say where they wrote it. */
type Wanted = { username?: string; display_name?: string | undefined; path?: string }

/**
 * Refuses a name that looks like an administrator's, or that speaks for the server. Administrators and the operator may give such a
 * name. Other people may have equal names: their usernames tell them apart.
 */
export async function requireOwnName(
  sql: Sql,
  now: Date,
  { username, display_name: displayName, path = '/display_name' }: Wanted,
): Promise<void> {
  const rows = await listAdminNames(sql, now)
  // Taken, which the sign-up says itself.
  if (rows.some((row) => row.username === username?.toLowerCase())) return
  const isReserved = looksLikeOneOf(rows)
  if (username !== undefined && (isUnusable(username) || isReserved(username))) throw usernameReserved()
  if (displayName !== undefined && isReserved(displayName)) throw invalidField(path, 'name_reserved')
}

/** Whether a name looks like an administrator's, or speaks for the server. */
export const reservedNames = async (sql: Sql, now: Date): Promise<(name: string) => boolean> =>
  looksLikeOneOf(await listAdminNames(sql, now))

function looksLikeOneOf(admins: Awaited<ReturnType<typeof listAdminNames>>): (name: string) => boolean {
  const ofAdmins = skeletonsOf(admins.flatMap((row) => [row.username, row.displayName]))
  return (name) => {
    const skeleton = skeletonOf(name)
    return reservedSkeletons.has(skeleton) || ofAdmins.has(skeleton)
  }
}

const mostNamed = 5

/** Refuses to make somebody an administrator while others have a name that looks like theirs. */
export async function requireUnmistakable(
  sql: Sql,
  { id, username, displayName }: Pick<Person, 'id' | 'username' | 'displayName'>,
): Promise<void> {
  const own = skeletonsOf([username, displayName])
  const usernames: string[] = []
  for await (const row of everyName(sql))
    if (row.id !== id && own.has(skeletonOf(row.displayName))) usernames.push(`@${row.username}`)
  if (usernames.length > 0) throw new ChatError('names_alike', { usernames: usernames.slice(0, mostNamed) })
}

export const usernameReserved = (): ChatError => invalidField('/username', 'username_reserved')
