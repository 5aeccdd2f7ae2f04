import type { User } from '../../protocol/users.ts'
import { useUntil } from '../ground/use-until.ts'
import { clockOf } from '../language/dates.ts'
import { language } from '../language/language.ts'
import { say } from '../language/say.ts'

/** What a person says of themselves: title and pronouns, what they are doing and until when, and what time it is for them. */
export function PersonFacts({ user }: { user: User }) {
  const { title, pronouns, time_zone: zone, custom_status: status } = user
  const until = useUntil(status?.until)
  const about = [title, pronouns].filter(Boolean)
  const clock = zone && clockIn(zone, language.value)
  return (
    <>
      {about.length > 0 && <p dir="auto">{about.join(' · ')}</p>}
      {status && status.until === until && (
        <p dir="auto">
          {[status.emoji ?? '💬', status.text].filter(Boolean).join(' ')}
          {until && <span class="hint"> {say('status.until', { at: clockOf(until) })}</span>}
        </p>
      )}
      {clock && (
        <p class="hint" title={zone}>
          {say('profile.localTime', { at: clock })}
        </p>
      )}
    </>
  )
}

/** With the day, which may be another one there. Undefined for a zone that this browser does not know. */
function clockIn(timeZone: string, language: string): string | undefined {
  try {
    const parts = { weekday: 'short', hour: 'numeric', minute: '2-digit' } as const
    return new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(new Date())
  } catch {
    return undefined
  }
}
