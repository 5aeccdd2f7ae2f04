import { say } from '../language/say.ts'
import type { Pages } from './paged-list.ts'

/** The button at the end of a list that has more pages. */
export function More({ pages, onMore }: { pages: Pages<unknown> | undefined; onMore: () => void }) {
  if (!pages?.more) return null
  return (
    <button type="button" class="quiet" aria-disabled={pages.busy} onClick={onMore}>
      {say(pages.busy ? 'app.moment' : 'act.showMore')}
    </button>
  )
}
