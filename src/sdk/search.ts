import type { Found, SearchQuery } from '../protocol/search.ts'
import type { Rest } from './rest.ts'
import type { Abortable } from './waiting.ts'

export type Search = {
  /**
   * The messages of your rooms that fit, newest first. Further pages are loaded while you read on; leave the loop when you have enough. Throws a
   * `RequestError`: `invalid` for a query that cannot be read, `rate_limited`.
   */
  search(query: Omit<SearchQuery, 'cursor'>, options?: Abortable): AsyncGenerator<Found, void>
}

export const createSearch = ({ rest }: { rest: Rest }): Search => ({
  async *search(query, options = {}) {
    let cursor: string | undefined
    do {
      const page = await rest('GET /search', { query: { ...query, cursor }, ...options })
      yield* page.items
      cursor = page.next
    } while (cursor !== undefined)
  },
})
