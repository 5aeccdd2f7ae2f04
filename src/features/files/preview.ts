import { chunksOf, fileChunkBytes, fileHeaderBytes, sealedChunkBytes, sealFile } from '../../crypto/files.ts'
import { Tampered } from '../../crypto/messages.ts'
import type { OpenFile } from '../../depot/depot.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import { previewSizes } from '../../protocol/file-numbers.ts'
import { perServer, type Scope, type Tools } from '../../scope.ts'
import { depotOf, once, refusalOf } from '../attachments/depot.ts'
import { previewName } from '../attachments/removed.ts'
import { type Facts, openFacts } from '../attachments/sealed.ts'
import { type FoundFile, findFile } from '../attachments/store.ts'
import { accessFile, openStored, respond } from './download.ts'
import { makePreview } from './pictures.ts'
import { readSealed } from './read.ts'

/** A smaller picture, made once, when it is first asked for. */
export async function downloadPreview(
  scope: Scope,
  id: string,
  size: number,
  request: Request,
): Promise<Response> {
  if (!previewSizes.some((each) => each === size))
    throw invalidField('/size', 'not_one_of', { allowed: previewSizes.map(String) })
  const { row, facts } = await accessFile(scope, id)
  if (facts.width === undefined) throw new ChatError('file_not_found')
  const name = previewName(row.id, size)
  const bytes = await sizeOf(scope, row.id, facts, size)
  return respond(scope, request, {
    ...{ name, shown: `${facts.name.replace(/\.\w+$/, '')}-${size}.webp`, type: 'image/webp', bytes },
    key: facts.key,
    row,
  })
}

/** All bytes of a smaller picture, which is made if it is not there. */
export async function readPreview(tools: Tools, row: FoundFile, size: number): Promise<Uint8Array> {
  const facts = openFacts(tools, row)
  if (facts?.width === undefined) throw new ChatError('file_damaged')
  const bytes = await sizeOf(tools, row.id, facts, size)
  return readStored(tools, Buffer.from(facts.key, 'base64'), previewName(row.id, size), bytes)
}

const making = perServer(() => new Map<string, Promise<number>>())

/** The size of a preview in bytes. It is created if it is not there; a second request for the same preview waits for it. */
async function sizeOf(tools: Tools, id: string, facts: Facts, size: number): Promise<number> {
  const name = previewName(id, size)
  const made = await openStored(tools, name)
  if (made) {
    await made.close()
    return openedBytes(made.bytes)
  }
  const under = making(tools)
  const first = under.get(name)
  if (first) return first
  const own = make(tools, { id, name, facts, size }).finally(() => under.delete(name))
  under.set(name, own)
  return own
}

type Wanted = { id: string; name: string; facts: Facts; size: number }

async function make(tools: Tools, { id, name, facts, size }: Wanted): Promise<number> {
  const key = Buffer.from(facts.key, 'base64')
  const preview = await makePreview(tools, () => readStored(tools, key, id, facts.bytes), size).catch(
    (error: unknown) => {
      if (error instanceof ChatError) throw error
      tools.log.warn('a preview could not be made', { file: id, error })
      throw new ChatError('file_damaged')
    },
  )
  const depot = await depotOf(tools)
  await depot.write(name, sealFile(key, name, once(preview))).catch((error: unknown) => {
    tools.log.error('a preview could not be stored', { file: id, error })
    throw refusalOf(error) ?? error
  })
  // Who has deleted the bytes of a file that was removed meanwhile did not find this.
  if (!(await findFile(tools.sql, id))) {
    await depot.remove(name)
    throw new ChatError('file_not_found')
  }
  return preview.length
}

/** All bytes of a file in the depot. Throws `Tampered`, or why the depot did not give them. */
export async function readStored(
  tools: Tools,
  key: Uint8Array,
  id: string,
  bytes: number,
): Promise<Uint8Array> {
  const file = await openStored(tools, id)
  if (!file) throw new ChatError('file_damaged')
  try {
    return await readWhole(file, key, id, bytes)
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal) tools.log.error('a file could not be read', { file: id, error })
    throw refusal ?? error
  } finally {
    await file.close()
  }
}

/** All bytes of a file, opened. Throws `Tampered`. */
export async function readWhole(
  file: OpenFile,
  key: Uint8Array,
  name: string,
  bytes: number,
): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes)
  let filled = 0
  for await (const piece of readSealed(file, { key, name, bytes }, { from: 0, to: bytes - 1 })) {
    whole.set(piece, filled)
    filled += piece.length
  }
  if (filled !== bytes) throw new Tampered('The file was cut off')
  return whole
}

/** So many bytes a sealed file of this size has; 0 if none has it. */
export function openedBytes(sealed: number): number {
  const chunks = Math.max(1, Math.ceil((sealed - fileHeaderBytes) / sealedChunkBytes))
  const bytes = sealed - fileHeaderBytes - chunks * (sealedChunkBytes - fileChunkBytes)
  return chunksOf(bytes) === chunks ? bytes : 0
}
