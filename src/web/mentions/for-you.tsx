import { useEffect } from 'preact/hooks'
import type { MentionItem } from '../../protocol/mentions.ts'
import { type RoomState, roomOf } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { Pane } from '../kit/pane.tsx'
import { More } from '../kit/show-more.tsx'
import { clockOf, momentOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { Face } from '../people/face.tsx'
import { hueOf } from '../people/hue.ts'

const longest = 240

/** Who meant you: by your name, with everybody else, with a reply or with a reaction. Each line opens its message. */
export function ForYou() {
  const { mentions } = useStore()
  const pages = mentions.list.value
  const count = mentions.count.value
  // Also when somebody has just mentioned you, or you have read something on another device.
  useEffect(() => mentions.load(), [mentions, count])
  return (
    <Pane title={say('forYou.title')}>
      {!pages && <p role="status">{say('app.moment')}</p>}
      {pages?.items.length === 0 && <p class="hint">{say('forYou.none')}</p>}
      <ul class="excerpts" aria-label={say('forYou.title')}>
        {pages?.items.map((item) => (
          <Line key={keyOf(item)} item={item} />
        ))}
      </ul>
      <More pages={pages} onMore={mentions.loadMore} />
    </Pane>
  )
}

const keyOf = ({ room, seq, kind, at, actor }: MentionItem) =>
  [room, seq, kind, at, actor?.username].join(' ')

function Line({ item }: { item: MentionItem }) {
  const { room, seq, kind, message, at, emoji = '' } = item
  const known = roomOf(useStore().state.value, room)
  const person = item.actor ?? message.author
  const { username, display_name: name } = person
  const isRead = isReadNow(item, known)
  return (
    <li>
      <a href={addressOf(room, seq)} class={isRead ? 'excerpt' : 'excerpt unread'}>
        <span class="excerpt-head">
          {!isRead && <span class="unseen">{say('forYou.unread')} </span>}
          <Face {...person} />
          <span dir="auto" class={`meant-what ${hueOf(username)}`}>
            {say(`forYou.${kind}`, { name, room: placeOf(item, known), emoji })}
          </span>
          <time dateTime={at} title={momentOf(at)} class="hint">
            {clockOf(at)}
          </time>
        </span>
        <span class="excerpt-text" dir="auto">
          {message.damaged ? say('line.damaged') : beginningOf(wordsOf(message), longest)}
        </span>
      </a>
    </li>
  )
}

/** Whether a reaction is read only the server knows: a reaction is no message of the room. */
const isReadNow = ({ kind, read, seq }: MentionItem, room: RoomState | undefined): boolean =>
  kind === 'reaction' || !room ? read : room.read_seq >= seq

const placeOf = ({ room }: MentionItem, known: RoomState | undefined): string =>
  known?.access === 'direct' ? say('forYou.direct') : (known?.title ?? room)
