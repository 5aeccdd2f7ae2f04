import type { MentionPage, MentionsQuery } from '../protocol/mentions.ts'
import type { Rest } from './rest.ts'

export type Mentions = {
  /**
   * A page (50) of who meant you, newest first: mentions, replies to you, reactions to your messages. `before` is `next` of the page
   * before. How many are unread in each room is in `state.rooms`.
   */
  loadMentions(query?: MentionsQuery): Promise<MentionPage>
}

export const createMentions = (rest: Rest): Mentions => ({
  loadMentions: (query = {}) => rest('GET /mentions', { query }),
})
