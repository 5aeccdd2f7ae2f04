import type { Thread } from '../../protocol/messages.ts'
import type { Author } from '../../protocol/users.ts'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { Face } from '../people/face.tsx'

type Props = { thread: Thread; faces: readonly Author[] | undefined; tab: 0 | -1; onOpen: () => void }

/** Below the first message of a thread: who has replied, how often, and when last. Opens the thread. */
export function ThreadLink({ thread: { replies, last_at }, faces = [], tab, onOpen }: Props) {
  return (
    <button type="button" class="thread-link" tabIndex={tab} onClick={onOpen}>
      {faces.length > 0 && (
        <span class="faces">
          {faces.map((author) => (
            <Face key={author.username} {...author} />
          ))}
        </span>
      )}
      <strong>{say('thread.replies', { n: replies })}</strong>
      {last_at && <span class="last">{say('thread.last', { at: clockOf(last_at) })}</span>}
    </button>
  )
}
