import { useComputed } from '@preact/signals'
import { lastMessage } from '../../sdk/last.ts'
import { roomOf } from '../../sdk/state.ts'
import { useStore } from '../ground/context.ts'
import { momentOf, shortTimeOf } from '../language/dates.ts'
import { isolated, say } from '../language/say.ts'
import { isBlocked } from '../people/people.ts'
import { quotedText } from '../people/quoted-text.ts'

/** Under the title of a room in the list of a phone: who said what last, and when. */
export function LastWords({ id }: { id: string }) {
  const { last, state } = useStore()
  // A row is drawn again only for a message of its own room.
  const message = useComputed(() => {
    const room = roomOf(state.value, id)
    return room && lastMessage(room)
  }).value
  if (!message || message.expired)
    return <span class="last-words">{last.asked.value.has(id) && say('last.none')}</span>
  const { author, created_at: at } = message
  const { me, blocked, rooms } = state.peek()
  const text = quotedText(message, blocked)
  const isTwo = rooms[id]?.access === 'direct' && rooms[id].people?.length === 2
  const byMe = author.username === me?.username
  const isBare = isBlocked(blocked, author.username) || (isTwo && !byMe)
  return (
    <>
      <time dateTime={at} title={momentOf(at)}>
        {shortTimeOf(at)}
      </time>
      {/* In the direction of the page: the text and the name are isolated in it. */}
      <span class="last-words">
        {isBare
          ? isolated(text)
          : byMe
            ? say('last.mine', { text })
            : say('last.by', { name: author.display_name, text })}
      </span>
    </>
  )
}
