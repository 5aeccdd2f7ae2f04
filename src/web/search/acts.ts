import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Found } from '../../protocol/search.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { sentenceFor } from '../language/error-text.ts'
import { type Asked, startOf } from './asked.ts'
import { type LastSearches, lastSearches } from './last.ts'

const pageSize = 20

export type Results = {
  /** `typing`: there is nothing to look for yet. */
  is: 'typing' | 'searching' | 'found' | 'failed'
  items: readonly Found[]
  next?: string
  /** Why it has failed. */
  why?: string
}

export type SearchActs = Pick<LastSearches, 'last' | 'forget'> & {
  /** Kept when the search is closed, so that the next result is one step away. */
  readonly asked: Signal<Asked>
  readonly results: ReadonlySignal<Results>
  /** Looks for what is asked now; an answer to what was asked before is not shown any more. */
  run(): void
  more(): void
  /** The person has found something: what they looked for is one of the last searches. */
  note(): void
}

const nothing: Results = { is: 'typing', items: [] }

export function searchActs({ client, state, onClient }: ActTools): SearchActs {
  const { last, note, forget } = lastSearches({ state, onClient })
  const asked = signal<Asked>({ text: '' })
  const results = signal<Results>(nothing)
  let under: AbortController | undefined

  const load = async (cursor?: string): Promise<void> => {
    under?.abort()
    const mine = new AbortController()
    under = mine
    const { text, room, from, has, after, before: until } = asked.value
    const before = cursor === undefined ? [] : results.value.items
    results.value = { ...results.value, is: 'searching' }
    try {
      const days = { after: after && startOf(after), before: until && startOf(until) }
      const query = { q: text, in: room, from, has, ...days, limit: pageSize, cursor }
      const page = await client().rest('GET /search', { query, signal: mine.signal })
      if (under !== mine) return
      const items = [...before, ...page.items]
      results.value = { is: 'found', items, ...(page.next === undefined ? {} : { next: page.next }) }
      // A page may be empty although the search goes on behind it.
      if (page.items.length === 0 && page.next !== undefined) await load(page.next)
    } catch (error) {
      // What was found stays, and the page that is missing can be asked for again.
      const rest = cursor === undefined ? {} : { next: cursor }
      if (under === mine) results.value = { is: 'failed', items: before, why: sentenceFor(error), ...rest }
    }
  }

  onClient(() => {
    under?.abort()
    under = undefined
    asked.value = { text: '' }
    results.value = nothing
  })

  return {
    asked,
    results,
    last,
    forget,
    note: () => note(asked.value.text),
    run() {
      const { text, has, from, after, before } = asked.value
      // One letter is in nearly everything, but may be a whole word: of a language without spaces, or an emoji.
      if (text.trim() === '' && (has ?? from ?? after ?? before) === undefined) {
        under?.abort()
        under = undefined
        results.value = nothing
      } else void load()
    },
    more() {
      const { is, next } = results.value
      if ((is === 'found' || is === 'failed') && next !== undefined) void load(next)
    },
  }
}
