import type { User } from '../../protocol/users.ts'
import { isBanned, type Person, presentBan } from '../../scope.ts'

/** Pass `withEmail`, which adds the private fields, only for the person themselves and administrators. */
export function presentUser(person: Person, { withEmail }: { withEmail: boolean }): User {
  return {
    id: person.id,
    username: person.username,
    display_name: person.displayName,
    ...(withEmail && person.email !== null ? { email: person.email } : {}),
    ...(person.bot ? { bot: true } : {}),
    roles: person.admin ? ['admin', 'user'] : ['user'],
    created_at: person.createdAt.toISOString(),
    ...(withEmail ? { direct_from: person.directFrom } : {}),
    ...(withEmail && isBanned(person) ? { banned: true, ...presentBan(person) } : {}),
  }
}
