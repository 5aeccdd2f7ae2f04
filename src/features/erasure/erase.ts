import type { Scope } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { closeSessions } from '../auth/sessions.ts'
import { updateUser } from '../auth/store.ts'
import { writer } from '../log/writer.ts'
import { buryMessage } from '../messages/edit.ts'
import { dismiss } from '../rooms/enter.ts'
import { knownRooms } from '../rooms/known.ts'
import { listRoomsOf } from '../rooms/store.ts'
import { keepAnAdmin, spread } from '../users/roles.ts'
import { forgetPerson, listMessagesBy } from './store.ts'

const messagesAtOnce = 200

/**
 * Erases one's account: the name can never be used again, everything else about the person is removed, and they have
 * left every room. Their messages stay under "Deleted user", or become tombstones where that is asked for.
 */
export async function eraseAccount(
  scope: Scope,
  { messages = 'keep' }: { messages?: 'keep' | 'delete' },
): Promise<void> {
  const { actor } = scope
  await scope.sql.transaction((sql) => keepAnAdmin(sql, actor))
  // First of all they fall silent: whoever spoke on would have to be listened to for ever.
  await closeSessions(scope, actor, 'erased')
  await withdraw(scope, messages)
  await scope.sql.transaction(async (sql) => {
    await keepAnAdmin(sql, actor)
    await updateUser(sql, actor.id, {
      displayName: '',
      email: null,
      passwordHash: null,
      role: 'user',
      deletedAt: scope.clock(),
    })
    await forgetPerson(sql, actor.id)
    await recordAct(
      scope,
      { actor: actor.id, action: 'user.erased', subject: actor.id, detail: { messages } },
      sql,
    )
  })
  await closeSessions(scope, actor, 'erased')
  await spread(scope, actor)
  // What came in between: a last message under way, a room that somebody added them to.
  await withdraw(scope, messages)
}

async function withdraw(scope: Scope, messages: 'keep' | 'delete'): Promise<void> {
  if (messages === 'delete') await deleteMessages(scope)
  for (const row of await listRoomsOf(scope.sql, scope.actor.id)) {
    if (row.access === 'direct') continue
    const leaving = { reason: 'left', handOver: true } as const
    await dismiss(scope, knownRooms(scope).keep(row), scope.actor, leaving)
  }
}

async function deleteMessages(scope: Scope): Promise<void> {
  for (;;) {
    const found = await listMessagesBy(scope.sql, scope.actor.id, messagesAtOnce)
    if (found.length === 0) return
    for (const { seq, ...room } of found) {
      await writer(scope).transact(room, (tx) => buryMessage(scope, tx, room, seq, () => {}))
    }
  }
}
