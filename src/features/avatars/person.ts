import type { User } from '../../protocol/users.ts'
import type { InName, Scope } from '../../scope.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { recordAct } from '../audit/record.ts'
import { presentUser } from '../auth/present.ts'
import { actAs } from '../auth/redeem.ts'
import { endUploadIn } from '../files/space.ts'
import { receive } from '../files/upload.ts'
import { announceProfile } from '../users/announce.ts'
import { findPerson } from '../users/find.ts'
import { replaceOfPerson } from './store.ts'

/** The picture comes into being in the transaction that stores whose it is: there is none that belongs to nobody. */
export async function setOwnAvatar(scope: Scope, request: Request): Promise<User> {
  const { actor } = scope
  await receive(scope, { purpose: 'avatar', roomKey: null }, request, (arrived) =>
    actAs(scope, 'self', async (sql) => {
      await endUploadIn(scope, sql, arrived)
      await replaceOfPerson(sql, actor.id, arrived.id)
    }),
  )
  void sweepRemoved(scope)
  await announceProfile(scope, actor)
  return presentUser(scope, actor, { withEmail: true })
}

export async function removeOwnAvatar(scope: Scope): Promise<void> {
  const { actor } = scope
  if (!(await actAs(scope, 'self', (sql) => replaceOfPerson(sql, actor.id, null)))) return
  void sweepRemoved(scope)
  await announceProfile(scope, actor)
}

/** For administrators: a picture that others should not have to see. */
export async function removeAvatarOf(scope: Scope, username: string): Promise<void> {
  const person = await findPerson(scope, username)
  const removed = await actAs(scope, 'admin', async (sql) => {
    if (!(await replaceOfPerson(sql, person.id, null))) return false
    const act = { actor: scope.actor.id, action: 'user.changed', subject: person.id } as const
    await recordAct(scope, { ...act, detail: { fields: ['avatar'] } }, sql)
    return true
  })
  if (!removed) return
  void sweepRemoved(scope)
  await announceProfile(scope, person)
}

/** Before an account is erased: those who see the picture hear that it is gone while they still share a room. */
export async function removeAvatarInNameOf(scope: InName): Promise<void> {
  const { actor: person } = scope
  const removed = await scope.sql.transaction((sql) => replaceOfPerson(sql, person.id, null))
  if (removed) await announceProfile(scope, person)
}
