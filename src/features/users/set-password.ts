import { ChatError } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { hashPassword, ownerOf } from '../auth/passwords.ts'
import { closeSessions } from '../auth/sessions.ts'
import { updateUser } from '../auth/store.ts'
import { findPerson } from './find.ts'

/** Sets a password without the old one, for the operator. Ends every session and socket of the user. */
export async function setPassword(tools: Tools, username: string, password: string): Promise<void> {
  const person = await findPerson(tools, username)
  if (person.bot) throw new ChatError('bot_without_password')
  const passwordHash = await hashPassword(tools, password, ownerOf(person))
  await tools.sql.transaction(async (sql) => {
    await updateUser(sql, person.id, { passwordHash })
    await recordAct(tools, { action: 'user.password_set', subject: person.id }, sql)
  })
  await closeSessions(tools, person, 'password_changed')
}
