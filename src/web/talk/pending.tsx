import type { File } from '../../protocol/files.ts'
import type { Message } from '../../protocol/messages.ts'
import type { User } from '../../protocol/users.ts'
import { RequestError } from '../../sdk/errors.ts'
import type { Pending } from '../../sdk/state.ts'
import { AttachmentList } from '../files/attachment-list.tsx'
import { MessageFiles } from '../files/message-files.tsx'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { MarkdownView } from '../text/markdown/markdown-view.tsx'
import { AuthorName, RepliedTo } from './message.tsx'
import type { Parcel } from './parcels.ts'

type Props = {
  pending: Pending | Parcel
  first: boolean
  repliedTo: Message | null | undefined
  me: User
  online: boolean
  /** Without the message that it replies to, which is in view. */
  quiet?: boolean
  onRetry: () => void
  onDiscard: () => void
  onJump: (seq: number) => void
  onView: (message: Message, file: File) => void
}

/** A message that is being sent. It looks sent only after the server has confirmed it. */
export function PendingLine(props: Props) {
  const { pending, first, repliedTo, me, online, quiet, onRetry, onDiscard, onJump, onView } = props
  const failed = pending.state === 'failed'
  const attachments = 'attachments' in pending ? pending.attachments : undefined
  return (
    <li class={`message ${failed ? 'failed' : 'sending'}${first ? ' first' : ''}`}>
      <AuthorName author={me} shown={first} tab={0} />
      <div class="said">
        {pending.reply_to !== undefined && !quiet && (
          <RepliedTo to={repliedTo} tab={0} onJump={() => onJump(pending.reply_to!)} />
        )}
        {pending.content !== '' && <MarkdownView text={pending.content} me={me.username} />}
        {pending.files && (
          <MessageFiles
            files={pending.files}
            tab={0}
            onOpen={(file) => onView(messageOf(pending, me), file)}
          />
        )}
        {attachments?.length ? <AttachmentList attachments={attachments} /> : null}
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
            <>
              <span>
                {say(
                  online
                    ? attachments?.length
                      ? 'pending.uploading'
                      : 'pending.sending'
                    : 'pending.waiting',
                )}
              </span>
              {attachments && (
                <button type="button" class="link" onClick={onDiscard}>
                  {say('act.cancel')}
                </button>
              )}
            </>
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

/** For the viewer: the message that it is going to be, which has no place yet. */
const messageOf = ({ client_id, content, files, at }: Pending, me: User): Message => ({
  ...{ room: '', seq: 0, author: me, content, created_at: at, client_id, reactions: [] },
  ...(files && { files: [...files] }),
})
