import type { User } from '../../protocol/users.ts'
import type { Pending } from '../../sdk/state.ts'
import { Who } from './message.tsx'
import { Words } from './words.tsx'

type Props = {
  pending: Pending
  first: boolean
  me: User
  online: boolean
  onRetry: () => void
  onDiscard: () => void
}

/** A message of ours on its way. It never looks sent before the server has said so. */
export function PendingLine({ pending, first, me, online, onRetry, onDiscard }: Props) {
  const failed = pending.state === 'failed'
  return (
    <li class={`message ${failed ? 'failed' : 'sending'}${first ? ' first' : ''}`}>
      <Who username={me.username} name={me.display_name} shown={first} />
      <div class="said">
        <Words text={pending.content} />
        <p class="fate">
          {failed ? (
            <>
              <span>Not sent{pending.error ? `: ${pending.error.message}` : ''}</span>
              <button type="button" class="link" onClick={onRetry}>
                Try again
              </button>
              <button type="button" class="link" onClick={onDiscard}>
                Discard
              </button>
            </>
          ) : (
            <span>{online ? 'Sending…' : 'Waiting for the connection…'}</span>
          )}
        </p>
      </div>
    </li>
  )
}
