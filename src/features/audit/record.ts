import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { insertAct } from './store.ts'

/** An administrative act. Recorded in the transaction of the act itself where there is one. */
export type Act = { actor?: string; action: string; subject?: string; room?: string; detail?: object }

export async function recordAct(tools: Tools, act: Act, sql: Sql = tools.sql): Promise<void> {
  await insertAct(sql, act, tools.clock())
}
