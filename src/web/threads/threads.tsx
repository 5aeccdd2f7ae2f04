import { useEffect } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import type { FollowedThread } from '../../protocol/threads.ts'
import { roomOf } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { useStore } from '../ground/context.ts'
import { addressOf } from '../ground/route.ts'
import { Pane } from '../kit/pane.tsx'
import { More } from '../kit/show-more.tsx'
import { clockOf, momentOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { hueOf } from '../people/hue.ts'
import { isBlocked } from '../people/people.ts'

const longest = 200

/** The threads that you follow, in all rooms. Each line opens its thread. */
export function Threads() {
  const { threads } = useStore()
  const pages = threads.list.value
  useEffect(() => threads.load(), [threads])
  return (
    <Pane title={say('threads.title')}>
      {!pages && <p role="status">{say('app.moment')}</p>}
      {pages?.items.length === 0 && <p class="hint">{say('threads.none')}</p>}
      <ul class="excerpts" aria-label={say('threads.title')}>
        {pages?.items.map((item) => (
          <Line key={`${item.room} ${item.seq}`} item={item} />
        ))}
      </ul>
      <More pages={pages} onMore={threads.loadMore} />
    </Pane>
  )
}

function Line({ item }: { item: FollowedThread }) {
  const { room, seq, message, last, unread } = item
  const known = roomOf(useStore().state.value, room)
  return (
    <li>
      <a href={addressOf(room, undefined, seq)} class={unread > 0 ? 'excerpt unread' : 'excerpt'}>
        <span class="excerpt-head thread-where">
          <span dir="auto">{known?.title ?? room}</span>
          <time dateTime={last.created_at} title={momentOf(last.created_at)}>
            {clockOf(last.created_at)}
          </time>
          {unread > 0 && <span class="thread-new">{say('threads.new', { n: unread })}</span>}
        </span>
        <Said message={message} />
        <Said message={last} reply />
      </a>
    </li>
  )
}

function Said({ message, reply }: { message: Message; reply?: boolean }) {
  const { author, deleted_at, damaged } = message
  const { blocked } = useStore().state.value
  const text = isBlocked(blocked, author.username)
    ? say('line.blocked')
    : deleted_at
      ? say('line.deleted')
      : damaged
        ? say('line.damaged')
        : beginningOf(wordsOf(message), longest)
  return (
    <span class={reply ? 'excerpt-text thread-said is-reply' : 'excerpt-text thread-said'}>
      <span class={`thread-author ${hueOf(author.username)}`} dir="auto">
        {author.display_name}
      </span>{' '}
      <span dir="auto">{text}</span>
    </span>
  )
}
