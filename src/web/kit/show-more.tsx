import { say } from '../language/say.ts'
import type { Pages } from './paged-list.ts'

type Props = {
  pages: Pages<unknown> | undefined
  /** If it is another one than "Show more". */
  name?: string
  onMore: () => void
}

/** The button at the end of a list that has more pages. */
export function More({ pages, name, onMore }: Props) {
  if (!pages?.more) return null
  return (
    <button type="button" class="quiet" aria-disabled={pages.busy} onClick={onMore}>
      {pages.busy ? say('app.moment') : (name ?? say('act.showMore'))}
    </button>
  )
}
