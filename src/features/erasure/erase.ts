import { ChatError } from '../../protocol/errors.ts'
import type { Erasure } from '../../protocol/users.ts'
import type { InName, Scope, Tools } from '../../scope.ts'
import { removeOwned } from '../../storage/remove-owned.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { recordAct } from '../audit/record.ts'
import { confirm } from '../auth/confirm.ts'
import { authorsOf } from '../auth/people.ts'
import { actAs } from '../auth/redeem.ts'
import { closeSessions } from '../auth/sessions.ts'
import { updateUser } from '../auth/store.ts'
import { removeCommunityAvatarBy } from '../avatars/community.ts'
import { removeAvatarInNameOf } from '../avatars/person.ts'
import { removeRoomAvatarsBy } from '../avatars/room.ts'
import { writer } from '../log/writer.ts'
import { deleteMailsTo } from '../mail/store.ts'
import { deleteInTransaction } from '../messages/edit.ts'
import { passOfServer } from '../rooms/access.ts'
import { knownRooms } from '../rooms/known.ts'
import { removeFromRoom, sendRoomOpened } from '../rooms/membership.ts'
import { listMemberIds, listRoomsOf } from '../rooms/store.ts'
import { findPerson } from '../users/find.ts'
import { announceUpdate, requireAnotherAdmin } from '../users/roles.ts'
import { removeWebhooksBy } from '../webhooks/webhook.ts'
import { listMessagesBy } from './store.ts'

const messagesAtOnce = 200

type Messages = NonNullable<Erasure['messages']>

/** Erases the account of the actor, who confirms it. */
export async function eraseAccount(
  scope: Scope,
  { messages = 'keep', current_password: password }: Erasure,
): Promise<void> {
  const { actor } = scope
  await confirm(scope, password)
  await actAs(scope, 'self', (sql) => requireAnotherAdmin(sql, scope.clock(), actor))
  await erase(scope, messages, { actor: actor.id })
}

/** The operator needs no password of the person, who may be dead, or have asked in a letter. */
export async function eraseAsOperator(tools: Tools, username: string, messages: Messages): Promise<void> {
  const person = await findPerson(tools, username)
  if (person.bot) throw new ChatError('bot_not_erased')
  await tools.sql.transaction((sql) => requireAnotherAdmin(sql, tools.clock(), person))
  await erase({ ...tools, actor: person }, messages, {})
}

/**
 * Erases the account of the person in whose name it is. They leave every room, their webhooks and invites end, and what the list in
 * `storage/tables/ownership.ts` does not keep is removed. Nobody can have the username again. Messages stay under
 * "Deleted user", or become tombstones.
 */
async function erase(scope: InName, messages: Messages, by: { actor?: string }): Promise<void> {
  const { actor: person } = scope
  const { email } = person
  // First, because new messages would keep arriving while we delete.
  await closeSessions(scope, person, 'erased')
  await removeAvatarInNameOf(scope)
  await withdraw(scope, messages)
  await scope.sql.transaction(async (sql) => {
    await requireAnotherAdmin(sql, scope.clock(), person)
    await updateUser(sql, person.id, { deletedAt: scope.clock() })
    await removeOwned(sql, 'person', person.id)
    if (email !== null) await deleteMailsTo(sql, email)
    const detail = { messages }
    await recordAct(scope, { ...by, action: 'user.erased', subject: person.id, detail }, sql)
  })
  await closeSessions(scope, person, 'erased')
  await announceUpdate(scope, person)
  // Requests that were under way may have added something: a last message, a membership, an invite.
  await withdraw(scope, messages)
  await scope.sql.transaction((sql) => removeOwned(sql, 'person', person.id))
  await sweepRemoved(scope)
  await renameDirects(scope)
}

async function withdraw(scope: InName, messages: Messages): Promise<void> {
  if (messages === 'delete') await deleteMessages(scope)
  await removeWebhooksBy(scope)
  await removeRoomAvatarsBy(scope)
  await removeCommunityAvatarBy(scope)
  for (const row of await listRoomsOf(scope.sql, scope.actor.id)) {
    if (row.access === 'direct') continue
    const leaving = { reason: 'left', handOver: true } as const
    await removeFromRoom(scope, passOfServer(knownRooms(scope).keep(row)), scope.actor, leaving)
  }
}

async function deleteMessages(scope: InName): Promise<void> {
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

/** The title of a direct room names its people: clients that are connected have the old name. */
async function renameDirects(scope: InName): Promise<void> {
  for (const row of await listRoomsOf(scope.sql, scope.actor.id)) {
    if (row.access !== 'direct') continue
    const room = knownRooms(scope).keep(row)
    const others = (await listMemberIds(scope.sql, room.key)).filter((id) => id !== scope.actor.id)
    for (const person of (await authorsOf(scope, others)).values()) await sendRoomOpened(scope, room, person)
  }
}
