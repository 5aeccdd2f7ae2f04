import type { Scope } from '../../scope.ts'
import { type Act, recordAct } from '../audit/record.ts'
import type { Access } from './access.ts'

/** What moderators do in their room is in its log; what an admin does there without being one is administration. */
export async function recordAdministration(
  scope: Scope,
  { room, member }: Access,
  act: Pick<Act, 'action' | 'subject' | 'detail'>,
): Promise<void> {
  if (member && member.role !== 'member') return
  await recordAct(scope, { ...act, actor: scope.actor.id, room: room.id })
}
