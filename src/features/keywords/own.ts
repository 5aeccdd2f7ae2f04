import { invalidField } from '../../protocol/errors.ts'
import type { Keywords, KeywordsChange } from '../../protocol/keywords.ts'
import { announce, type Scope, type Tools } from '../../scope.ts'
import { type Keyword, keywordIn } from '../../text/keywords.ts'
import { actAs } from '../auth/redeem.ts'
import { lockUser } from '../auth/store.ts'
import { findCipher, loadCipher, placeOfKeyword } from './key.ts'
import { listKeywordRows, listKeywordsOf, putKeywords } from './store.ts'
import { isWatching, watchFor } from './watch.ts'

/** As the actor wrote them, in alphabetical order. */
export async function listKeywords(scope: Scope): Promise<Keywords> {
  const rows = await listKeywordRows(scope.sql, scope.actor.id)
  const cipher = rows.length > 0 ? await findCipher(scope) : undefined
  if (!cipher) return { keywords: [] }
  return {
    keywords: sorted(
      rows.map(({ userId, hash, sealed }) => cipher.open(sealed, placeOfKeyword(userId, hash))),
    ),
  }
}

/** Those of these people, for who has some. Costs nothing while nobody has. */
export async function keywordsOf(tools: Tools, people: string[]): Promise<Map<string, string[]>> {
  const cipher = isWatching(tools) ? await findCipher(tools) : undefined
  if (!cipher) return new Map()
  const rows = Map.groupBy(await listKeywordsOf(tools.sql, people), ({ userId }) => userId)
  return new Map(
    [...rows].map(([user, own]) => [
      user,
      sorted(own.map(({ hash, sealed }) => cipher.open(sealed, placeOfKeyword(user, hash)))),
    ]),
  )
}

/** Replaces the keywords of the actor. The same word twice, also with other accents, is one. */
export async function setKeywords(scope: Scope, { keywords: written }: KeywordsChange): Promise<Keywords> {
  const { id: user } = scope.actor
  const kept = new Map<string, Keyword>()
  for (const [index, text] of written.entries()) {
    const keyword = keywordIn(text)
    if (!keyword) throw invalidField(`/keywords/${index}`, 'keyword_without_word')
    const folded = keyword.steps.at(-1)!
    if (!kept.has(folded)) kept.set(folded, keyword)
  }
  const cipher = await loadCipher(scope)
  const since = scope.clock()
  const rows = [...kept].map(([folded, { shown }]) => {
    const hash = cipher.hashOf(folded)
    return { userId: user, hash, sealed: cipher.seal(shown, placeOfKeyword(user, hash)), since }
  })
  await actAs(scope, 'self', async (sql) => {
    // Two devices may do this at the same time: one comes first.
    await lockUser(sql, user)
    await putKeywords(sql, user, rows)
  })
  for (const keyword of kept.values()) watchFor(scope, cipher, keyword)
  announce(scope, { what: 'keywords', user })
  const keywords = sorted([...kept.values()].map(({ shown }) => shown))
  scope.bus.publish({ to: 'user', user, text: JSON.stringify({ type: 'keywords.changed', keywords }) })
  return { keywords }
}

const sorted = (words: string[]): string[] => words.sort((one, other) => one.localeCompare(other, 'en'))
