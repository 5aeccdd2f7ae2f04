import { useEffect, useState } from 'preact/hooks'
import type { Message, VersionPage } from '../../protocol/messages.ts'
import { useStore } from '../ground/context.ts'
import type { Pages } from '../kit/paged-list.ts'
import { Sheet } from '../kit/sheet.tsx'
import { More } from '../kit/show-more.tsx'
import { momentOf } from '../language/dates.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { MarkdownView } from '../text/markdown/markdown-view.tsx'

type Version = VersionPage['items'][number]

/** The texts that a message has had, as it was sent first. */
export function VersionsSheet({ message, onClose }: { message: Message; onClose: () => void }) {
  const { talk, state } = useStore()
  const [pages, setPages] = useState<Pages<Version> & { next?: number }>()
  const [failed, setFailed] = useState<string>()
  const [tries, setTries] = useState(0)
  const { edited_at } = message

  const load = async (before: readonly Version[], after: number | undefined, isCurrent = () => true) => {
    setFailed(undefined)
    try {
      const { items, next } = await talk.versions(message, after)
      if (!isCurrent()) return
      setPages({
        items: [...before, ...items],
        more: next !== undefined,
        busy: false,
        ...(next === undefined ? {} : { next }),
      })
    } catch (error) {
      if (!isCurrent()) return
      setPages((shown) => shown && { ...shown, busy: false })
      setFailed(sentenceFor(error))
    }
  }
  useEffect(() => {
    let current = true
    void load([], undefined, () => current)
    return () => {
      current = false
    }
    // Again after each edit.
  }, [edited_at, tries])

  const more = () => {
    if (!pages?.more || pages.busy) return
    setPages({ ...pages, busy: true })
    void load(pages.items, pages.next)
  }
  return (
    <Sheet title={say('versions.title')} wide onClose={onClose}>
      {!pages && !failed && <p class="hint">{say('app.moment')}</p>}
      {failed && (
        <p class="notice bad" role="alert">
          {failed}
        </p>
      )}
      {!pages && failed && (
        <button type="button" class="quiet" onClick={() => setTries(tries + 1)}>
          {say('pending.retry')}
        </button>
      )}
      {pages && (
        <ol class="versions">
          {pages.items.map(({ seq, at, content, damaged }) => (
            <li key={seq}>
              <time dateTime={at} class="hint">
                {momentOf(at)}
              </time>
              {damaged ? (
                <span class="tombstone">{say('line.damaged')}</span>
              ) : (
                <MarkdownView text={content} me={state.value.me?.username} reachable />
              )}
            </li>
          ))}
        </ol>
      )}
      {pages && <More pages={pages} onMore={more} />}
    </Sheet>
  )
}
