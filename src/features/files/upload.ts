import { createHash } from 'node:crypto'
import { makeFileKey, sealFile } from '../../crypto/files.ts'
import type { Depot } from '../../depot/depot.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import { previewSizes } from '../../protocol/file-numbers.ts'
import type { File, FileUpload } from '../../protocol/files.ts'
import type { Scope } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { tidyFileName } from '../../text/file-name.ts'
import { proseProblem, tidyProse } from '../../text/names.ts'
import { depotOf, once, refusalOf } from '../attachments/depot.ts'
import { namesOf, previewName, sweepRemoved } from '../attachments/removed.ts'
import { type Facts, openFacts, presentFile, sealFacts } from '../attachments/sealed.ts'
import {
  countBytes,
  type FileRow,
  findByClientId,
  insertFile,
  lockPerson,
  markReady,
  removeFile,
} from '../attachments/store.ts'
import { actAs } from '../auth/redeem.ts'
import { readRoom, withRoomLock } from '../rooms/lock.ts'
import { headOf } from './head.ts'
import { type Incoming, openIncoming } from './incoming.ts'
import { isAllowed, isPicture, typeOf } from './kind.ts'
import { measure, mostPictureBytes } from './pictures.ts'
import { readStored } from './preview.ts'
import { countUpload } from './running.ts'
import { stripped } from './strip.ts'

/** A file takes at least a block of the disk. */
export const leastBytes = 4096

type Wanted = Pick<FileRow, 'purpose' | 'roomKey'> & { clientId?: string; alt?: string }

/**
 * Uploads a file to a room. It is seen by nobody else until a message has it. It takes the space and one of the uploads of `payer`: the
 * person who created a webhook, who may create any number of them.
 */
export async function uploadFile(
  scope: Scope,
  room: string,
  { client_id: clientId, alt: written }: FileUpload,
  request: Request,
  payer = scope.actor.id,
): Promise<File> {
  const key = await readRoom(scope, room, 'post', async ({ room }) => room.key)
  const alt = written === undefined ? '' : altOf(written)
  const wanted: Wanted = {
    purpose: 'message',
    roomKey: key,
    ...(clientId && { clientId }),
    ...(alt && { alt }),
  }
  const commit: Commit = (work) =>
    withRoomLock(scope, room, 'post', async (tx, access) => {
      if (access.room.key !== key) throw new ChatError('room_not_found')
      await work(tx.sql)
    })
  const { id, facts } = await receive(scope, wanted, request, commit, payer)
  return presentFile(id, facts)
}

function altOf(written: string): string {
  const problem = proseProblem(written)
  if (problem) throw invalidField('/alt', problem)
  return tidyProse(written)
}

/** Runs the end of an upload, if the actor still may. */
type Commit = (work: (sql: Sql) => Promise<void>, id: string) => Promise<void>

/** Stores the file of a request. The gate is asked again when all of it is there. */
export async function receive(
  scope: Scope,
  wanted: Wanted,
  request: Request,
  commit: Commit,
  payer = scope.actor.id,
): Promise<{ id: string; facts: Facts }> {
  scope.http.keepOpen(request)
  const end = countUpload(scope, payer)
  try {
    const depot = await depotOf(scope).catch((error: unknown) => {
      throw depotRefusal(scope, error)
    })
    const incoming = await openIncoming(scope, request)
    const name = tidyFileName(incoming.name)
    const known = await findRepeated(scope, wanted, name, incoming)
    if (known) return known
    const id = scope.newId()
    const row = { id, ...wanted, userId: scope.actor.id, payer }
    await begin(scope, row, incoming.declared ?? 0)
    try {
      const { head, bytes } = await headOf(incoming.bytes)
      if (head.length === 0) throw new ChatError('file_empty')
      const type = await typeOf(head)
      if (!isAllowed(type, scope.policy.files.types)) throw new ChatError('file_type_refused', { type })
      const isOfFace = wanted.purpose === 'avatar'
      if (isOfFace && !isPicture(type)) throw new ChatError('not_a_picture')
      const key = makeFileKey()
      const hash = createHash('sha256')
      let size = 0
      const counted = async function* () {
        for await (const piece of stripped(type, bytes)) {
          size += piece.length
          hash.update(piece)
          yield piece
        }
      }
      await depot.write(id, sealFile(key, id, counted())).catch((error: unknown) => {
        throw depotRefusal(scope, error)
      })
      const picture = await pictureOf(scope, depot, { id, key, type, bytes: size })
      if (isOfFace && !picture) throw new ChatError('not_a_picture')
      const facts: Facts = {
        ...{ name, type, bytes: size },
        ...picture,
        ...(wanted.alt ? { alt: wanted.alt } : {}),
        ...{ key: key.toString('base64'), hash: hash.digest('hex') },
      }
      return (await finish(scope, row, facts, commit)) ?? { id, facts }
    } catch (error) {
      await discard(scope, depot, id)
      throw error
    }
  } finally {
    end()
  }
}

/** Its row may be gone, or have been swept before the bytes came: with its room or its person. Then no sweep looks for them any more. */
async function discard(scope: Scope, depot: Depot, id: string): Promise<void> {
  try {
    await removeFile(scope.sql, id)
  } catch {
    // It may be whole, if only the answer to the commit was lost.
    return
  }
  await Promise.all(namesOf(id).map((name) => depot.remove(name).catch(() => {})))
  void sweepRemoved(scope)
}

/**
 * The file of an earlier try. The same id for another room or name, or for less than what is stored, is a mistake of the client. Bytes are not
 * compared, for they have not come yet; pictures are stored with fewer than were sent. So another file under the same name that is not
 * smaller gets the earlier one.
 */
async function findRepeated(
  scope: Scope,
  { roomKey, purpose, clientId }: Wanted,
  name: string,
  { declared }: Pick<Incoming, 'declared'>,
) {
  const row = clientId === undefined ? undefined : await findByClientId(scope.sql, scope.actor.id, clientId)
  const facts = row && openFacts(scope, row)
  if (!row || !facts) return undefined
  const isSame =
    row.roomKey === roomKey &&
    row.purpose === purpose &&
    facts.name === name &&
    (declared === undefined || declared >= facts.bytes)
  if (!isSame) throw invalidField('/client_id', 'client_id_reused')
  return { id: row.id, facts }
}

type NewRow = { id: string; userId: string; payer: string } & Wanted

/** What is announced counts already, so that uploads at the same time do not take more than there is. */
async function begin(scope: Scope, { id, userId, roomKey, purpose, clientId, payer }: NewRow, bytes: number) {
  await actAs(scope, 'self', async (sql) => {
    await lockPerson(sql, payer)
    const used = await countBytes(sql, payer, leastBytes, id)
    requireSpace(scope, used, bytes)
    const createdAt = scope.clock()
    const about = { id, userId, roomKey, purpose, clientId: clientId ?? null }
    await insertFile(sql, { ...about, state: 'uploading', bytes, createdAt })
  })
}

/** Undefined if it is there now; otherwise the file of another try with the same client_id, which was faster. */
async function finish(scope: Scope, row: NewRow, facts: Facts, commit: Commit) {
  const { id, payer } = row
  const sealed = sealFacts(scope, row, facts)
  try {
    await commit(async (sql) => {
      await lockPerson(sql, payer)
      const used = await countBytes(sql, payer, leastBytes, id)
      requireSpace(scope, used, facts.bytes)
      const isThere = await markReady(sql, id, { bytes: facts.bytes, sealed })
      if (!isThere) throw new ChatError('upload_cut')
    }, id)
    scope.metrics.filesStored.add()
    scope.metrics.fileBytesStored.add(facts.bytes)
    return undefined
  } catch (error) {
    if (violation(error)?.constraint !== 'files_client') throw error
    const first = await findRepeated(scope, row, facts.name, {})
    if (!first) throw error
    await removeFile(scope.sql, id)
    void sweepRemoved(scope)
    return first
  }
}

type Stored = { id: string; key: Uint8Array; type: string; bytes: number }

/** What is known about a picture when it is there; its smallest preview is stored with it. */
async function pictureOf(scope: Scope, depot: Depot, { id, key, type, bytes }: Stored) {
  if (!isPicture(type) || bytes > mostPictureBytes) return undefined
  const measured = await measure(scope, () => readStored(scope, key, id, bytes))
  if (!measured) return undefined
  const { preview, ...shown } = measured
  const name = previewName(id, previewSizes[0])
  await depot.write(name, sealFile(key, name, once(preview))).catch((error: unknown) => {
    throw depotRefusal(scope, error)
  })
  return shown
}

function depotRefusal({ log }: Scope, error: unknown): unknown {
  const refusal = refusalOf(error)
  if (refusal && refusal !== error) log.error('a file could not be stored', { error })
  return refusal ?? error
}

function requireSpace({ policy }: Scope, used: number, bytes: number): void {
  const most = policy.limits.files_per_user
  if (used + Math.max(bytes, leastBytes) > most) throw new ChatError('files_full', { max: most })
}
