import type { SavedPage, SavedQuery } from '../protocol/saved.ts'
import type { Rest } from './rest.ts'

export type SavedMessages = {
  /**
   * A page (50) of the messages that you have saved with `room.save`, what you saved last first. `before` is `next` of the page before.
   * The event `saved.changed` says when to load it again.
   */
  loadSaved(query?: SavedQuery): Promise<SavedPage>
}

export const createSaved = (rest: Rest): SavedMessages => ({
  loadSaved: (query = {}) => rest('GET /saved', { query }),
})
