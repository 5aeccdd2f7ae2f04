import { say } from '../language/say.ts'
import type { Pages } from './paged-list.ts'

/** The foot of a list that goes on. */
export function More({ pages, onMore }: { pages: Pages<unknown> | undefined; onMore: () => void }) {
  if (!pages?.more) return null
  return (
    <button type="button" class="quiet" aria-disabled={pages.busy} onClick={onMore}>
      {say(pages.busy ? 'app.moment' : 'act.showMore')}
    </button>
  )
}
