import { createHash } from 'node:crypto'
import { Tampered } from '../../crypto/messages.ts'
import type { Depot, OpenFile } from '../../depot/depot.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { depotOf, isMarker } from '../attachments/depot.ts'
import { namesOf } from '../attachments/removed.ts'
import { openFacts } from '../attachments/sealed.ts'
import { findFile, hasRow, listPlaced, listUseless, type PlacedFile } from '../attachments/store.ts'
import { openedBytes } from './preview.ts'
import { readSealed } from './read.ts'

export type FileFinding = {
  room: string
  seq: number
  what: /** Its bytes are not there. */
    | 'file_missing'
    /** It is not what was stored. */
    | 'file_damaged'
    /** Bytes of no file, or a file that nothing has. */
    | 'file_leftover'
  file: string
}

type Walk = {
  signal: AbortSignal
  read(bytes: number): void
  found(finding: FileFinding): void
}

const rowsAtOnce = 200

/**
 * Reads every file and preview in the depot, and compares what is there with the rows. What is uploaded or deleted during the run is no
 * finding: each suspicion is looked at again.
 */
export async function verifyFiles(tools: Tools, sql: Sql, walk: Walk): Promise<void> {
  const depot = await depotOf(tools)
  for (let after = ''; ; ) {
    walk.signal.throwIfAborted()
    const rows = await listPlaced(sql, after, rowsAtOnce)
    for (const row of rows) {
      const what = await wrongWith(tools, depot, row, walk)
      if (what && (await findFile(sql, row.id))) walk.found({ ...placeOf(row), what })
    }
    if (rows.length < rowsAtOnce) break
    after = rows.at(-1)!.id
  }
  for (const row of await listUseless(sql)) walk.found({ ...placeOf(row), what: 'file_leftover' })
  const strangers: string[] = []
  for await (const name of depot.list()) {
    walk.signal.throwIfAborted()
    if (!isMarker(name) && !(await isExpected(sql, name))) strangers.push(name)
  }
  for (const name of strangers) {
    if ((await isExpected(sql, name)) || !(await isThere(depot, name))) continue
    walk.found({ room: '', seq: 0, what: 'file_leftover', file: name })
  }
}

const placeOf = ({ id, room, seq }: PlacedFile) => ({ room: room ?? '', seq: seq ?? 0, file: id })

/** Bytes come after their row, and go before it. */
const isExpected = async (sql: Sql, name: string): Promise<boolean> => {
  const [id] = name.split('.', 1)
  return namesOf(id!).includes(name) && hasRow(sql, id!)
}

async function isThere(depot: Depot, name: string): Promise<boolean> {
  const file = await depot.open(name)
  await file?.close()
  return file !== undefined
}

async function wrongWith(
  tools: Tools,
  depot: Depot,
  row: PlacedFile,
  walk: Walk,
): Promise<FileFinding['what'] | undefined> {
  const facts = openFacts(tools, row)
  if (!facts) return 'file_damaged'
  const key = Buffer.from(facts.key, 'base64')
  const [original, ...previews] = namesOf(row.id)
  const file = await depot.open(original!)
  if (!file) return 'file_missing'
  const hash = await hashOf(file, { key, name: original!, bytes: facts.bytes }, walk)
  if (hash !== facts.hash) return 'file_damaged'
  if (facts.width === undefined) return undefined
  for (const name of previews) {
    // It is made again when somebody asks for it.
    const preview = await depot.open(name)
    if (preview && !(await hashOf(preview, { key, name, bytes: openedBytes(preview.bytes) }, walk)))
      return 'file_damaged'
  }
  return undefined
}

type Sealed = { key: Uint8Array; name: string; bytes: number }

/** The hash of the opened bytes; undefined if they do not open. */
async function hashOf(file: OpenFile, sealed: Sealed, { signal, read }: Walk): Promise<string | undefined> {
  try {
    const hash = createHash('sha256')
    for await (const piece of readSealed(file, sealed, { from: 0, to: sealed.bytes - 1 })) {
      signal.throwIfAborted()
      hash.update(piece)
      read(piece.length)
    }
    return hash.digest('hex')
  } catch (error) {
    if (error instanceof Tampered) return undefined
    throw error
  } finally {
    await file.close()
  }
}
