import type { Message } from '../../protocol/messages.ts'
import type { User } from '../../protocol/users.ts'
import { RequestError } from '../../sdk/errors.ts'
import type { Pending } from '../../sdk/state.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { MarkdownView } from '../text/markdown/markdown-view.tsx'
import { AuthorName, RepliedTo } from './message.tsx'

type Props = {
  pending: Pending
  first: boolean
  repliedTo: Message | null | undefined
  me: User
  online: boolean
  onRetry: () => void
  onDiscard: () => void
  onJump: (seq: number) => void
}

/** A message that is being sent. It looks sent only after the server has confirmed it. */
export function PendingLine(props: Props) {
  const { pending, first, repliedTo, me, online, onRetry, onDiscard, onJump } = props
  const failed = pending.state === 'failed'
  return (
    <li class={`message ${failed ? 'failed' : 'sending'}${first ? ' first' : ''}`}>
      <AuthorName username={me.username} name={me.display_name} shown={first} tab={0} />
      <div class="said">
        {pending.reply_to !== undefined && (
          <RepliedTo to={repliedTo} tab={0} onJump={() => onJump(pending.reply_to!)} />
        )}
        <MarkdownView text={pending.content} me={me.username} />
        <p class="fate">
          {failed ? (
            <>
              <span>
                {pending.error
                  ? say('pending.failedBecause', { why: refusalOf(pending.error) })
                  : say('pending.failed')}
              </span>
              <button type="button" class="link" onClick={onRetry}>
                {say('pending.retry')}
              </button>
              <button type="button" class="link" onClick={onDiscard}>
                {say('pending.discard')}
              </button>
            </>
          ) : (
            <span>{say(online ? 'pending.sending' : 'pending.waiting')}</span>
          )}
        </p>
      </div>
    </li>
  )
}

/** In the reader's language: the message of a server's error is English. */
const refusalOf = ({ code, message, ...detail }: NonNullable<Pending['error']>) =>
  sentenceFor(new RequestError(code, message, detail), {
    not_found: say('room.closed'),
  })
