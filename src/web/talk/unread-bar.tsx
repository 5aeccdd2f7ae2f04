import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Icon } from '../kit/icon.tsx'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'

type Props = { room: string; readSeq: number; count: number; onJump: () => void; onClose: () => void }

/** On opening a room: how many messages are unread, since when, and a button to the first of them. */
export function UnreadBar({ room, readSeq, count, onJump, onClose }: Props) {
  const { talk } = useStore()
  const [since, setSince] = useState<string>()
  useEffect(() => {
    let asked = true
    talk.firstAfter(room, readSeq).then(
      (message) => asked && setSince(message?.created_at),
      // The bar shows the count without the time.
      () => {},
    )
    return () => {
      asked = false
    }
  }, [talk, room, readSeq])
  const word = since ? 'unread.since' : 'unread.count'
  return (
    <div class="unread-bar" role="status">
      <button type="button" class="go" onClick={onJump}>
        <span>{say(word, { n: count, ...(since ? { at: clockOf(since) } : {}) })}</span>
        <strong class="jump">{say('unread.jump')}</strong>
      </button>
      <button type="button" aria-label={say('act.dismiss')} onClick={onClose}>
        <Icon of="close" />
      </button>
    </div>
  )
}
