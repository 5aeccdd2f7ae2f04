import type { Scope } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { type Act, recordAct } from '../audit/record.ts'
import type { Access } from './access.ts'

/** Records an action of an administrator who does not moderate the room. Actions of its moderators are only in its log. */
export async function recordAdministration(
  scope: Scope,
  { room, member }: Access,
  act: Pick<Act, 'action' | 'subject' | 'detail'>,
  sql: Sql,
): Promise<void> {
  if (member && member.role !== 'member') return
  await recordAct(scope, { ...act, actor: scope.actor.id, room: room.id }, sql)
}
