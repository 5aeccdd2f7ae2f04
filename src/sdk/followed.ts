import type { FollowedPage, FollowedQuery } from '../protocol/threads.ts'
import type { Rest } from './rest.ts'

export type FollowedThreads = {
  /**
   * A page (50) of the threads that you follow, those with the newest replies first, each with its last reply and how many are unread.
   * `before` is `next` of the page before. The events `thread.replied` and `thread.changed` say when to load it again.
   */
  loadThreads(query?: FollowedQuery): Promise<FollowedPage>
}

export const createFollowed = (rest: Rest): FollowedThreads => ({
  loadThreads: (query = {}) => rest('GET /threads', { query }),
})
