import type { Author, User } from '../../protocol/users.ts'
import { isBanned, type Person, presentBan, type Tools } from '../../scope.ts'
import { presentStatus } from './custom-status.ts'

/** Assigned, because spreads are slower: every message has one. */
export function presentAuthor({
  username,
  displayName,
  avatar,
}: Pick<Person, 'username' | 'displayName' | 'avatar'>): Author {
  const author: Author = { username, display_name: displayName }
  if (avatar !== undefined) author.avatar = avatar
  return author
}

/** Pass `withEmail`, which adds the private fields, only for the person themselves and administrators. */
export function presentUser(
  tools: Pick<Tools, 'clock'>,
  person: Person,
  { withEmail }: { withEmail: boolean },
): User {
  return {
    id: person.id,
    ...presentAuthor(person),
    ...(withEmail && person.email !== null ? { email: person.email } : {}),
    ...(withEmail && person.emailConfirmed ? { email_confirmed: true } : {}),
    ...(person.title ? { title: person.title } : {}),
    ...(person.pronouns ? { pronouns: person.pronouns } : {}),
    ...(person.timeZone ? { time_zone: person.timeZone } : {}),
    ...presentStatus(tools, person),
    ...(person.bot ? { bot: true } : {}),
    roles: person.admin ? ['admin', 'user'] : ['user'],
    created_at: person.createdAt.toISOString(),
    ...(withEmail ? { direct_from: person.directFrom } : {}),
    ...(withEmail && person.quietHours ? { quiet_hours: person.quietHours } : {}),
    ...(withEmail && isBanned(tools, person) ? { banned: true, ...presentBan(person) } : {}),
  }
}
