import type { Keywords } from '../protocol/keywords.ts'
import type { MentionPage, MentionsQuery } from '../protocol/mentions.ts'
import type { Rest } from './rest.ts'

export type Mentions = {
  /**
   * A page (50) of who meant you, newest first: mentions, replies to you, reactions to your messages. `before` is `next` of the page
   * before. How many are unread in each room is in `state.rooms`.
   */
  loadMentions(query?: MentionsQuery): Promise<MentionPage>
  /** Your keywords: words that count as a mention of you. `state.keywords` has them too, and the event `keywords.changed` says that a client has set others. */
  loadKeywords(): Promise<Keywords['keywords']>
  /**
   * Replaces your keywords: at most 20 of at most 32 characters. Resolves to what is stored: each word once, without
   * signs around it. Rejects with `invalid` for one without a letter or digit.
   */
  setKeywords(keywords: readonly string[]): Promise<Keywords['keywords']>
}

export const createMentions = (rest: Rest): Mentions => ({
  loadMentions: (query = {}) => rest('GET /mentions', { query }),
  loadKeywords: async () => (await rest('GET /users/me/keywords')).keywords,
  setKeywords: async (keywords) =>
    (await rest('PUT /users/me/keywords', { body: { keywords: [...keywords] } })).keywords,
})
