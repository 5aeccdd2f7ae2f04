import { ChatError } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { removeUnsent } from '../attachments/store.ts'
import { actAs } from '../auth/redeem.ts'
import { accessFile } from './download.ts'

/** Removes a file that was not sent. One that was sent goes with its message. */
export async function withdrawFile(scope: Scope, id: string): Promise<void> {
  const { row } = await accessFile(scope, id)
  if (row.userId !== scope.actor.id || row.purpose !== 'message') throw new ChatError('file_not_found')
  if (!(await actAs(scope, 'self', (sql) => removeUnsent(sql, id)))) throw new ChatError('file_sent')
  void sweepRemoved(scope)
}
