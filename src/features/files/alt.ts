import { ChatError } from '../../protocol/errors.ts'
import type { File, FileChange } from '../../protocol/files.ts'
import type { Scope } from '../../scope.ts'
import { presentFile, sealFacts } from '../attachments/sealed.ts'
import { changeUnsent } from '../attachments/store.ts'
import { actAs } from '../auth/redeem.ts'
import { accessFile } from './download.ts'

/** Says what a picture shows, until it is sent. */
export async function changeFile(scope: Scope, id: string, { alt }: FileChange): Promise<File> {
  const { row, facts } = await accessFile(scope, id)
  if (row.userId !== scope.actor.id || row.purpose !== 'message') throw new ChatError('file_not_found')
  if (row.seq !== null) throw new ChatError('file_sent')
  const { alt: _before, ...rest } = facts
  const changed = { ...rest, ...(alt === '' ? {} : { alt }) }
  const isChanged = await actAs(scope, 'self', (sql) =>
    changeUnsent(sql, id, row.sealed, sealFacts(scope, row, changed)),
  )
  if (!isChanged) throw new ChatError('file_sent')
  return presentFile(id, changed)
}
