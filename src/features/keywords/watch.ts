import { onChange, onDistrust, perServer, type Tools } from '../../scope.ts'
import { type Keyword, type Known, keywordIn, keywordsIn, mayHaveKeyword } from '../../text/keywords.ts'
import { spokenText } from '../../text/markdown/spoken.ts'
import { createFilter } from './filter.ts'
import { findCipher, type KeywordCipher, placeOfKeyword } from './key.ts'
import { type KeywordRow, listKeywordRows, listKeywordsAfter } from './store.ts'

/** Words that one message can be found by. */
const mostOfMessage = 50
const mostAtOnce = 2000
/** Most words come again and again. */
const mostRemembered = 50_000
const longestRemembered = 64
/** How much clocks of nodes may differ. */
const slackMs = 10 * 60_000
const none: readonly string[] = []
const nothing: Known<string> = { goesOn: false }

type Watch = {
  /** A filter of keywords, and of their beginnings. */
  filter: ReturnType<typeof createFilter>
  /** Undefined while nobody has one: then a message costs nothing. */
  cipher: KeywordCipher | undefined
  remembered: Map<string, Known<string>>
  /** Everything that was set before is in the filter. */
  read: number
}

/**
 * The words that anybody has, so that only messages with one of them cost anything. What is removed stays in it until the next start: its
 * mentions mean nobody.
 */
const watches = perServer(
  (): Watch => ({ filter: createFilter(), cipher: undefined, remembered: new Map(), read: 0 }),
)

/** The beginning of a keyword is in the filter under another hash than a keyword. */
const beginning = (step: string): string => `${step}\0`

export function watchFor(tools: Tools, cipher: KeywordCipher, { steps }: Keyword): void {
  const watch = watches(tools)
  for (const [index, step] of steps.entries())
    watch.filter.add(cipher.hashOf(index < steps.length - 1 ? beginning(step) : step))
  watch.cipher = cipher
  watch.remembered = new Map()
}

/** Whether anybody has a keyword, as far as this node knows. */
export const isWatching = (tools: Tools): boolean => watches(tools).cipher !== undefined

/** The hashes of the words of a text that anybody has as a keyword. */
export function watchedIn(tools: Tools, text: string): readonly string[] {
  const watch = watches(tools)
  const { cipher } = watch
  if (!cipher) return none
  const look = (step: string): Known<string> => {
    const known = watch.remembered.get(step)
    if (known) return known
    const hash = cipher.hashOf(step)
    const isWatched = watch.filter.mayHave(hash)
    const goesOn = watch.filter.mayHave(cipher.hashOf(beginning(step)))
    const seen = isWatched || goesOn ? { ...(isWatched ? { found: hash } : {}), goesOn } : nothing
    if (step.length > longestRemembered) return seen
    if (watch.remembered.size >= mostRemembered) watch.remembered = new Map()
    watch.remembered.set(step, seen)
    return seen
  }
  // Reading Markdown costs more, and most messages have none of the words.
  if (!mayHaveKeyword(text, look)) return none
  const found = new Set<string>()
  for (const { found: hash } of keywordsIn(spokenText(text), look)) {
    found.add(hash)
    if (found.size >= mostOfMessage) break
  }
  return [...found]
}

function learn(tools: Tools, cipher: KeywordCipher, rows: KeywordRow[]): void {
  const { filter } = watches(tools)
  for (const { userId, hash, sealed } of rows) {
    if (filter.mayHave(hash)) continue
    const keyword = keywordIn(cipher.open(sealed, placeOfKeyword(userId, hash)))
    if (keyword) watchFor(tools, cipher, keyword)
  }
}

/** Before the server listens: a message that came earlier would mean nobody by its words. */
export async function startKeywords(tools: Tools): Promise<void> {
  const failed = (error: unknown) => tools.log.warn('keywords could not be read', { error })
  onChange(tools, 'keywords', ({ user }, elsewhere) => {
    if (elsewhere) void readOf(tools, user).catch(failed)
  })
  onDistrust(tools, () => void readNew(tools).catch(failed))
  await readNew(tools).catch(failed)
}

async function readOf(tools: Tools, user: string): Promise<void> {
  const cipher = await findCipher(tools)
  if (cipher) learn(tools, cipher, await listKeywordRows(tools.sql, user))
}

async function readNew(tools: Tools): Promise<void> {
  const watch = watches(tools)
  const begun = tools.clock().getTime()
  const cipher = await findCipher(tools)
  if (cipher) {
    const first = '00000000-0000-0000-0000-000000000000'
    for (let after = { user: first, hash: first }; ; ) {
      const since = new Date(Math.max(0, watch.read - slackMs))
      const rows = await listKeywordsAfter(tools.sql, { since, after, limit: mostAtOnce })
      learn(tools, cipher, rows)
      const last = rows.at(-1)
      if (!last || rows.length < mostAtOnce) break
      after = { user: last.userId, hash: last.hash }
    }
  }
  watch.read = begun
}
