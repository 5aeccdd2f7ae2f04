import type { CustomStatus } from '../protocol/profile.ts'
import type { User } from '../protocol/users.ts'
import { plainLine } from '../text/plain.ts'
import { clockIn, isTimeZone } from '../text/quiet-hours.ts'
import { statusIn } from '../text/typed-status.ts'
import { type CommandContext, UsageError } from './command-context.ts'

/** What somebody is doing, while it lasts: `⚓ Out at sea`. */
export function statusOf({ emoji, text, until }: CustomStatus = {}): string {
  if (until !== undefined && Date.parse(until) <= Date.now()) return ''
  return plainLine([emoji, text].filter(Boolean).join(' '))
}

const timeOf = (until: string): string =>
  new Date(until).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

const withEnd = (status: CustomStatus): string =>
  `${statusOf(status)}${status.until ? ` (until ${timeOf(status.until)})` : ''}`

/** `/status 2h 🌴 On holiday` sets it, `/status off` clears it, `/status` says what it is. */
export async function setStatus({ client, notice }: CommandContext, args: string): Promise<void> {
  if (args !== '') await change(args === 'off' ? {} : parse(args))
  const status = (await client.rest('GET /users/me')).custom_status
  notice([status ? `Your status: ${withEnd(status)}` : 'You have no status.'])

  async function change(custom_status: CustomStatus): Promise<void> {
    await client.rest('PATCH /users/me', { body: { custom_status } })
  }
}

function parse(args: string): CustomStatus {
  const status = statusIn(args, new Date())
  if (!status) throw new UsageError('Usage: /status [2h] [emoji] <text>')
  return status
}

/** What a person says of themselves. */
export async function showPerson({ client, notice }: CommandContext, username: string): Promise<void> {
  const user = await client.rest('GET /users/:username', {
    params: { username: username.replace(/^@/, '') },
  })
  notice(personLines(user).map(plainLine))
}

function personLines({ username, display_name, title, pronouns, time_zone, custom_status }: User): string[] {
  const about = [title, pronouns].filter(Boolean).join(', ')
  const clock = time_zone && isTimeZone(time_zone) ? clockIn(time_zone)(new Date()) : ''
  return [
    `${display_name} (@${username})`,
    ...(about ? [`  ${about}`] : []),
    ...(custom_status && statusOf(custom_status) ? [`  ${withEnd(custom_status)}`] : []),
    ...(clock ? [`  Local time: ${clock} (${time_zone})`] : []),
  ]
}
