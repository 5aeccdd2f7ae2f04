import { safeHref } from './addresses.ts'

/** What the reader of one message decides by and counts. */
export type Reading = {
  /** Returns what a link with this address leads to; undefined if it is no link. */
  hrefOf(address: string): string | undefined
  /** The names that were found; after `mostMentions` of them, others are text and `hasMore` is set. */
  named: Set<string>
  /** Their longer forms. */
  longer: Set<string>
  hasMore: boolean
}

export const newReading = (): Reading => ({
  hrefOf: safeHref,
  named: new Set(),
  longer: new Set(),
  hasMore: false,
})
