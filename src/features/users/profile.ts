import { ChatError } from '../../protocol/errors.ts'
import type { ProfileChange, User } from '../../protocol/users.ts'
import { announce, type Person, type Scope } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import { people } from '../auth/people.ts'
import { presentUser } from '../auth/present.ts'
import { updateUser } from '../auth/store.ts'

export async function changeProfile(scope: Scope, person: Person, change: ProfileChange): Promise<User> {
  const { display_name: displayName, email } = change
  try {
    await updateUser(scope.sql, person.id, {
      ...(displayName === undefined ? {} : { displayName }),
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
    })
  } catch (error) {
    if (violation(error)?.constraint !== 'users_email') throw error
    throw new ChatError('conflict', 'This email address is in use.', {
      errors: [{ path: '/email', message: 'is taken' }],
    })
  }
  await people(scope).refresh(person.id)
  announce(scope, { what: 'user', user: person.id })
  return presentUser(person, { withEmail: true })
}
