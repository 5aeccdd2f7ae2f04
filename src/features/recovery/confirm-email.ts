import type { Tools } from '../../scope.ts'
import { linkInvalid, takeLink } from '../auth/one-time-links.ts'
import { people } from '../auth/people.ts'
import { findUser, lockUser, updateUser } from '../auth/store.ts'
import { announceUpdate } from '../users/roles.ts'

/** With the link of a mail: who has it has read the mail. */
export async function confirmEmail(tools: Tools, token: string): Promise<void> {
  const row = await tools.sql.transaction(async (sql) => {
    const link = await takeLink(tools, sql, token, ['confirm'])
    await lockUser(sql, link.userId)
    const user = await findUser(sql, link.userId)
    if (!user || user.deletedAt !== null || user.email !== link.email) throw linkInvalid()
    const change = { emailConfirmedAt: tools.clock() }
    await updateUser(sql, user.id, change)
    return { ...user, ...change }
  })
  await announceUpdate(tools, people(tools).keep(row))
}
