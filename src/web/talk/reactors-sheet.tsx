import { useEffect, useState } from 'preact/hooks'
import type { Message, ReactionPage } from '../../protocol/messages.ts'
import { useStore } from '../ground/context.ts'
import { Sheet } from '../kit/sheet.tsx'
import { More } from '../kit/show-more.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { hueOf } from '../people/hue.ts'
import { PersonLink } from '../people/person-link.tsx'
import { withEmoji } from '../text/emoji/emoji.ts'
import { labelOf } from '../text/emoji/label.ts'

type Reacted = ReactionPage['items'][number]

/** Everybody who reacted to a message, by emoji. */
export function ReactorsSheet({ message, onClose }: { message: Message; onClose: () => void }) {
  const { talk } = useStore()
  const [items, setItems] = useState<readonly Reacted[]>()
  const [failed, setFailed] = useState<string>()
  /** The emoji for which more people are being loaded. */
  const [busy, setBusy] = useState<string>()
  const [tries, setTries] = useState(0)
  const { seq, reactions } = message
  useEffect(() => {
    let current = true
    setFailed(undefined)
    talk.reactors(message).then(
      (found) => current && setItems(found),
      (error) => current && setFailed(sentenceFor(error)),
    )
    return () => {
      current = false
    }
  }, [talk, seq, reactions, tries])

  const more = async ({ emoji, next }: Reacted) => {
    if (next === undefined || busy !== undefined) return
    setBusy(emoji)
    setFailed(undefined)
    try {
      const [page] = await talk.reactors(message, { emoji, after: next })
      setItems((shown) =>
        shown?.map((each) =>
          each.emoji !== emoji || !page || each.next !== next
            ? each
            : { ...page, users: [...each.users, ...page.users] },
        ),
      )
    } catch (error) {
      setFailed(sentenceFor(error))
    } finally {
      setBusy(undefined)
    }
  }
  return (
    <Sheet title={say('react.who')} onClose={onClose}>
      {!items && !failed && <p class="hint">{say('app.moment')}</p>}
      {failed && (
        <p class="notice bad" role="alert">
          {failed}
        </p>
      )}
      {!items && failed && (
        <button type="button" class="quiet" onClick={() => setTries(tries + 1)}>
          {say('pending.retry')}
        </button>
      )}
      {items?.length === 0 && <p class="hint">{say('react.nobody')}</p>}
      {items?.map((each) => (
        <section key={each.emoji} class="reactors">
          <h3>
            <span aria-hidden="true">{withEmoji(each.emoji)}</span>{' '}
            {say('react.count', { name: labelOf(each.emoji), n: each.count })}
          </h3>
          <ul>
            {each.users.map(({ username, display_name }, index) => (
              <li key={index}>
                <PersonLink username={username} name={display_name} class={hueOf(username)} />
              </li>
            ))}
          </ul>
          <More
            pages={{ items: each.users, more: each.next !== undefined, busy: busy === each.emoji }}
            onMore={() => void more(each)}
          />
        </section>
      ))}
    </Sheet>
  )
}
