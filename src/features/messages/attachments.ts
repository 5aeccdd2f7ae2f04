import { invalidField } from '../../protocol/errors.ts'
import type { File } from '../../protocol/files.ts'
import type { Scope } from '../../scope.ts'
import { openFacts, presentFile } from '../attachments/sealed.ts'
import { findFiles } from '../attachments/store.ts'
import { findKnown } from '../log/store.ts'
import type { KnownRoom } from '../rooms/known.ts'

/**
 * The files of a new message: of the actor, of this room, in no message yet. The statement that stores the message decides; this
 * refuses most of what it would. A retry of a message that is stored goes on, also when its files are gone with it.
 */
export async function findAttachments(
  scope: Scope,
  { key }: KnownRoom,
  ids: string[],
  clientId: string | undefined,
): Promise<File[]> {
  const found = new Map((await findFiles(scope.sql, ids)).map((row) => [row.id, row]))
  const rows = ids.map((id) => found.get(id))
  const own = rows.map((row) =>
    row?.userId === scope.actor.id && row.roomKey === key && row.purpose === 'message' ? row : undefined,
  )
  const isNew = own.every((row) => row !== undefined && row.seq === null)
  if (!isNew && !(await isRetry(scope, clientId))) {
    throw invalidField('/files', own.includes(undefined) ? 'attachment_not_found' : 'attachment_used')
  }
  return own.flatMap((row) => {
    const facts = row && openFacts(scope, row)
    return facts ? [presentFile(row.id, facts)] : []
  })
}

async function isRetry({ sql, actor }: Scope, clientId: string | undefined): Promise<boolean> {
  return clientId !== undefined && (await findKnown(sql, [{ actorId: actor.id, clientId }])).length > 0
}
