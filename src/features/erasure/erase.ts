import type { Erasure } from '../../protocol/users.ts'
import type { Scope } from '../../scope.ts'
import { removeOwned } from '../../storage/remove-owned.ts'
import { recordAct } from '../audit/record.ts'
import { confirm } from '../auth/confirm.ts'
import { actAs } from '../auth/redeem.ts'
import { closeSessions } from '../auth/sessions.ts'
import { updateUser } from '../auth/store.ts'
import { writer } from '../log/writer.ts'
import { deleteInTransaction } from '../messages/edit.ts'
import { passOfServer } from '../rooms/access.ts'
import { knownRooms } from '../rooms/known.ts'
import { removeFromRoom } from '../rooms/membership.ts'
import { listRoomsOf } from '../rooms/store.ts'
import { announceUpdate, requireAnotherAdmin } from '../users/roles.ts'
import { removeWebhooksBy } from '../webhooks/webhook.ts'
import { listMessagesBy } from './store.ts'

const messagesAtOnce = 200

/**
 * Erases the account of the actor, who confirms it. They leave every room, their webhooks and invites end, and what the list in
 * `storage/tables/ownership.ts` does not keep is removed. Nobody can have the username again. Messages stay under
 * "Deleted user", or become tombstones if the person asks for it.
 */
export async function eraseAccount(
  scope: Scope,
  { messages = 'keep', current_password: password }: Erasure,
): Promise<void> {
  const { actor } = scope
  await confirm(scope, password)
  await actAs(scope, 'self', (sql) => requireAnotherAdmin(sql, actor))
  // First, because new messages would keep arriving while we delete.
  await closeSessions(scope, actor, 'erased')
  await withdraw(scope, messages)
  await scope.sql.transaction(async (sql) => {
    await requireAnotherAdmin(sql, actor)
    await updateUser(sql, actor.id, { deletedAt: scope.clock() })
    await removeOwned(sql, 'person', actor.id)
    const detail = { messages }
    await recordAct(scope, { actor: actor.id, action: 'user.erased', subject: actor.id, detail }, sql)
  })
  await closeSessions(scope, actor, 'erased')
  await announceUpdate(scope, actor)
  // Requests that were under way may have added something: a last message, a membership, an invite.
  await withdraw(scope, messages)
  await scope.sql.transaction((sql) => removeOwned(sql, 'person', actor.id))
}

async function withdraw(scope: Scope, messages: 'keep' | 'delete'): Promise<void> {
  if (messages === 'delete') await deleteMessages(scope)
  await removeWebhooksBy(scope)
  for (const row of await listRoomsOf(scope.sql, scope.actor.id)) {
    if (row.access === 'direct') continue
    const leaving = { reason: 'left', handOver: true } as const
    await removeFromRoom(scope, passOfServer(knownRooms(scope).keep(row)), scope.actor, leaving)
  }
}

async function deleteMessages(scope: Scope): Promise<void> {
  for (;;) {
    const found = await listMessagesBy(scope.sql, scope.actor.id, messagesAtOnce)
    if (found.length === 0) return
    for (const { seq, ...room } of found) {
      await writer(scope).transact(passOfServer(room), (tx) =>
        deleteInTransaction(scope, tx, room, seq, () => {}),
      )
    }
  }
}
