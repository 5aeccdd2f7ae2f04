import { createHash } from 'node:crypto'
import { makeFileKey, sealFile } from '../../crypto/files.ts'
import type { Depot } from '../../depot/depot.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import { previewSizes } from '../../protocol/file-numbers.ts'
import type { File, FileUpload } from '../../protocol/files.ts'
import { perServer, type Scope } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import { tidyFileName } from '../../text/file-name.ts'
import { proseProblem, tidyProse } from '../../text/names.ts'
import { depotOf, once, refusalOf } from '../attachments/depot.ts'
import { namesOf, previewName, sweepRemoved } from '../attachments/removed.ts'
import { type Facts, openFacts, presentFile, sealFacts } from '../attachments/sealed.ts'
import { type FileRow, findByClientId, removeFile } from '../attachments/store.ts'
import { passWith, redeem } from '../auth/redeem.ts'
import { passTo } from '../rooms/access.ts'
import { readRoom } from '../rooms/lock.ts'
import { headOf } from './head.ts'
import { type Incoming, openIncoming } from './incoming.ts'
import { isAllowed, isPicture, typeOf } from './kind.ts'
import { measure, mostPictureBytes } from './pictures.ts'
import { readStored } from './preview.ts'
import { countUpload } from './running.ts'
import { type Arrived, beginUpload, endUpload } from './space.ts'
import { stripped } from './strip.ts'
import { createTurns } from './turns.ts'

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
  const known = await readRoom(scope, room, 'post', async ({ room }) => room)
  const alt = written === undefined ? '' : altOf(written)
  const wanted: Wanted = {
    purpose: 'message',
    roomKey: known.key,
    ...(clientId && { clientId }),
    ...(alt && { alt }),
  }
  const commit: Commit = (arrived) => endUpload(scope, { arrived, pass: passTo(scope, known, 'post') })
  const { id, facts } = await receive(scope, wanted, request, commit, payer)
  return presentFile(id, facts)
}

function altOf(written: string): string {
  const problem = proseProblem(written)
  if (problem) throw invalidField('/alt', problem)
  return tidyProse(written)
}

/** Ends an upload, if the actor still may. */
type Commit = (arrived: Arrived) => Promise<void>

/** Each takes a millisecond or two. */
const recognitions = perServer(() => createTurns())

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
    const row = { id, ...wanted, userId: scope.actor.id, payer, announced: incoming.declared ?? 0 }
    await begin(scope, row)
    try {
      const { head, bytes } = await headOf(incoming.bytes)
      if (head.length === 0) throw new ChatError('file_empty')
      const type = await recognitions(scope)(() => typeOf(head))
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

type NewRow = { id: string; userId: string; payer: string; announced: number } & Wanted

async function begin(scope: Scope, { id, userId, roomKey, purpose, clientId, payer, announced }: NewRow) {
  const about = { id, userId, roomKey, purpose, clientId: clientId ?? null }
  const row = { ...about, state: 'uploading', bytes: announced, createdAt: scope.clock() } as const
  await redeem(scope, passWith(scope, 'self'), () => beginUpload(scope, { row, payer }))
}

/** Undefined if it is there now; otherwise the file of another try with the same client_id, which was faster. */
async function finish(scope: Scope, row: NewRow, facts: Facts, commit: Commit) {
  const { id, payer, announced } = row
  try {
    await commit({ id, payer, announced, bytes: facts.bytes, sealed: sealFacts(scope, row, facts) })
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
