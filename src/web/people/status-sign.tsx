import type { CustomStatus } from '../../protocol/profile.ts'
import { useUntil } from '../ground/use-until.ts'
import { clockOf } from '../language/dates.ts'
import { say } from '../language/say.ts'

/** The emoji of what somebody is doing, after their name, until it ends. */
export function StatusSign({ status }: { status: CustomStatus | undefined }) {
  const until = useUntil(status?.until)
  if (!status || status.until !== until) return null
  return <span title={status.text}>{status.emoji ?? '💬'}</span>
}

/** The same with its words, as a line. */
export function StatusLine({ status }: { status: CustomStatus | undefined }) {
  const until = useUntil(status?.until)
  if (!status || status.until !== until) return null
  const { emoji = '💬', text = '' } = status
  return (
    <p class="status" dir="auto" title={until && say('status.until', { at: clockOf(until) })}>
      {emoji} {text}
    </p>
  )
}
