import { useMemo } from 'preact/hooks'
import type { Message } from '../../protocol/messages.ts'
import { momentOf, timeOf } from '../dates.ts'
import { hueOf } from '../hue.ts'
import { ReactButton, Reactions, type Toggle } from './reactions.tsx'
import { Words } from './words.tsx'

type Props = { message: Message; first: boolean; answered?: Message | undefined; onReact: Toggle | undefined }

export function MessageLine({ message, first, answered, onReact }: Props) {
  // The same element again lets Preact skip it: a long room costs only its changed lines.
  return useMemo(
    () => (
      <li class={first ? 'message first' : 'message'} tabindex={-1} data-seq={message.seq}>
        <Who username={message.author.username} name={message.author.display_name} shown={first} />
        <time class="when" dateTime={message.created_at} title={momentOf(message.created_at)}>
          {timeOf(message.created_at)}
        </time>
        <div class="said">
          {answered && <Answered message={answered} />}
          <Said message={message} />
          {onReact && !message.deleted_at && (
            <Reactions
              reactions={message.reactions}
              onToggle={(emoji, on) => onReact(message.seq, emoji, on)}
            />
          )}
        </div>
        {onReact && !message.deleted_at && (
          <ReactButton onPick={(emoji) => onReact(message.seq, emoji, true)} />
        )}
      </li>
    ),
    [message, first, answered, onReact],
  )
}

function Said({ message }: { message: Message }) {
  if (message.deleted_at) return <span class="tombstone">This message was deleted</span>
  if (message.damaged) return <span class="tombstone">This message is damaged and cannot be read</span>
  return (
    <Words text={message.content}>
      {message.edited_at && (
        <span class="note" title={momentOf(message.edited_at)}>
          {' '}
          edited
        </span>
      )}
    </Words>
  )
}

/** The name is shown once for a group, and told to a screen reader with every line. */
export function Who({ username, name, shown }: { username: string; name: string; shown: boolean }) {
  if (!shown) return <span class="unseen">{name}: </span>
  return (
    <span class={`who ${hueOf(username)}`} title={`@${username}`}>
      <bdi>{name}</bdi>
    </span>
  )
}

function Answered({ message }: { message: Message }) {
  return (
    <span class="reply" dir="auto">
      {message.author.display_name}: {message.deleted_at ? 'deleted' : message.content}
    </span>
  )
}
