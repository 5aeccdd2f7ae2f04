import type { AuditAction } from '../../protocol/audit-actions.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { insertAct } from './store.ts'

/** An administrative action. Pass the `sql` of its transaction, if there is one, to record both or neither. */
export type Act = { actor?: string; action: AuditAction; subject?: string; room?: string; detail?: object }

export async function recordAct(tools: Tools, act: Act, sql: Sql = tools.sql): Promise<void> {
  await insertAct(sql, act, tools.clock())
}
