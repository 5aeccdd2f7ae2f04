import type { Message } from '../../protocol/messages.ts'
import { excerptOf } from '../../text/search/excerpt.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { isBlocked } from '../people/people.ts'

type Props = { message: Message; matches: readonly number[][]; title: string; onGo: () => void }

/** A message that was found: where, by whom and when, and the words in it. A click goes there. */
export function Result({ message, matches, title, onGo }: Props) {
  const store = useStore()
  const { author, content, created_at, files, room, seq } = message
  const hidden = isBlocked(store.state.value.blocked, author.username)
  return (
    <li>
      <a href={addressOf(room, seq)} onClick={onGo}>
        <span class="where">
          <strong dir="auto">{author.display_name || author.username}</strong>
          <span dir="auto">{title}</span>
          <time dateTime={created_at}>{clockOf(created_at)}</time>
        </span>
        <span class="what" dir="auto">
          {hidden
            ? say('search.blocked')
            : excerptOf(content, matches).map(({ text, marked }, index) =>
                marked ? <mark key={index}>{text}</mark> : text,
              )}
        </span>
        {!hidden && files && (
          <span class="hint" dir="auto">
            {wordsOf({ content: '', files })}
          </span>
        )}
      </a>
    </li>
  )
}
