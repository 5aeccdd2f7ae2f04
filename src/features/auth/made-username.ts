import type { Sql } from '../../storage/storage.ts'
import { isUnusable, reservedNames } from './reserved.ts'

const longest = 32
/** How long a name with a number behind it is, without the number. */
const longestStem = 24
/** After so many numbers in order, random ones: many people may sign up at the same moment. */
const inOrder = 9

/** What an account without a chosen username is named after. */
type Named = { email?: string; display_name?: string; role?: 'admin' | 'user' }

/**
 * Usernames for an account that chose none, the best first, without an end: from the email address before the `@`, or else from the
 * display name. Whether one is free is not asked. Names that look like an administrator's or the server's are only for administrators.
 */
export async function* madeUsernames(
  sql: Sql,
  now: Date,
  { email, display_name, role }: Named,
): AsyncGenerator<string, never> {
  const isReserved = role === 'admin' ? isUnusable : await reservedNames(sql, now)
  const sources = [email?.slice(0, email.lastIndexOf('@')).replace(/\+.*$/, ''), display_name]
  const stem = sources
    .map((source = '') => usernameLike(source))
    .find((each) => each !== '' && !isReserved(each) && !isUnusable(`${each}-2`))
  const short = endTidily((stem ?? 'user').slice(0, longestStem))
  if (stem !== undefined) {
    if (stem.length >= 3) yield stem
    for (let number = 2; number <= inOrder; number++) yield `${short}-${number}`
  }
  for (;;) yield `${short}-${1_000 + Math.floor(Math.random() * 9_000_000)}`
}

/** "Zoë Quux" as zoe-quux: accents fall away; other letters than those of ASCII are left out. */
const usernameLike = (text: string): string =>
  endTidily(
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9_.-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, longest),
  )

const endTidily = (name: string): string => name.replace(/[.-]+$/, '')
