import { invalidField } from '../../protocol/errors.ts'
import type { CustomStatus, CustomStatusChange } from '../../protocol/profile.ts'
import type { ProfileChange } from '../../protocol/users.ts'
import type { Tools } from '../../scope.ts'
import { isReaction } from '../../text/emoji.ts'
import { isTimeZone } from '../../text/quiet-hours.ts'
import type { UserRow } from '../auth/store.ts'
import { timeAhead } from './time-ahead.ts'

type Columns = Partial<Pick<UserRow, 'title' | 'pronouns' | 'timeZone' | 'customStatus'>>

/** What a change says about a person, apart from how they are called and reached. An empty text removes a field. */
export function profileColumns(
  tools: Pick<Tools, 'clock'>,
  { title, pronouns, time_zone: timeZone, custom_status: status }: ProfileChange,
): Columns {
  if (timeZone && !isTimeZone(timeZone)) throw invalidField('/time_zone', 'time_zone_unknown')
  return {
    ...(title === undefined ? {} : { title: title || null }),
    ...(pronouns === undefined ? {} : { pronouns: pronouns || null }),
    ...(timeZone === undefined ? {} : { timeZone: timeZone || null }),
    ...(status === undefined ? {} : { customStatus: statusOf(tools, status) }),
  }
}

function statusOf(
  tools: Pick<Tools, 'clock'>,
  { emoji, text, until }: CustomStatusChange,
): CustomStatus | null {
  if (emoji !== undefined && !isReaction(emoji)) throw invalidField('/custom_status/emoji', 'emoji_format')
  const end = until === undefined ? undefined : timeAhead(tools, until, '/custom_status/until')
  if (!emoji && !text) return null
  return {
    ...(emoji ? { emoji } : {}),
    ...(text ? { text } : {}),
    ...(end ? { until: end.toISOString() } : {}),
  }
}
