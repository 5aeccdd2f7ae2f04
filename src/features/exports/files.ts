import { Tampered } from '../../crypto/messages.ts'
import type { Message } from '../../protocol/messages.ts'
import type { Scope } from '../../scope.ts'
import { openFacts } from '../attachments/sealed.ts'
import { type FoundFile, findFile } from '../attachments/store.ts'
import { openStored } from '../files/download.ts'
import { readSealed } from '../files/read.ts'
import type { ExportFile } from './zip.ts'

/** The files that an export has, by id: as the message calls each; a picture of a person or a room is called as it was uploaded. */
export type Attached = Map<string, string | undefined>

/** Where a file is in the export. The name is one that every system takes. */
const pathOf = (id: string, name: string): string => `files/${id}/${name}`

export const hrefOfFile = (id: string, name: string): string => pathOf(id, encodeURIComponent(name))

/** The same pages, whose files are noted. */
export async function* noting(
  pages: AsyncIterable<Message[]>,
  attached: Attached,
): AsyncGenerator<Message[]> {
  for await (const page of pages) {
    for (const { files = [] } of page) for (const { id, name } of files) attached.set(id, name)
    yield page
  }
}

/**
 * The bytes of these files. `requireSight` throws for one that the actor may not see any more. One that was deleted meanwhile is left out; one
 * that cannot be read is named in a file of its own, because the rest of the export is right.
 */
export async function* attachedFiles(
  scope: Scope,
  attached: Attached,
  requireSight: (row: FoundFile) => Promise<unknown>,
): AsyncGenerator<ExportFile> {
  const damaged: string[] = []
  for (const [id, called] of attached) {
    const row = await findFile(scope.sql, id)
    // Its room is being deleted.
    if (!row || (row.roomKey !== null && row.room === null)) continue
    const askAgain = () => requireSight(row)
    await askAgain()
    const facts = openFacts(scope, row)
    const path = pathOf(id, called ?? facts?.name ?? 'file')
    const file = facts && (await openStored(scope, id))
    if (file) yield { name: path, isCompressed: true, pieces: read(id, file, facts, path, askAgain) }
    else damaged.push(path)
  }
  if (damaged.length === 0) return
  yield { name: 'files/damaged.txt', pieces: lines(damaged) }

  async function* read(
    name: string,
    file: NonNullable<Awaited<ReturnType<typeof openStored>>>,
    { key, bytes }: NonNullable<ReturnType<typeof openFacts>>,
    path: string,
    askAgain: () => Promise<unknown>,
  ): AsyncGenerator<Uint8Array> {
    try {
      const sealed = { key: Buffer.from(key, 'base64'), name, bytes }
      for await (const piece of readSealed(file, sealed, { from: 0, to: bytes - 1 })) {
        await askAgain()
        yield piece
      }
    } catch (error) {
      if (!(error instanceof Tampered)) throw error
      scope.metrics.decryptFailures.add()
      scope.log.error('a file could not be read', { file: name, error })
      damaged.push(path)
    } finally {
      await file.close()
    }
  }
}

async function* lines(damaged: readonly string[]): AsyncGenerator<string> {
  yield 'These files are damaged on the server, and are cut off or missing here:\n'
  for (const path of damaged) yield `${path}\n`
}
