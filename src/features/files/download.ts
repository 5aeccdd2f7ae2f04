import { Tampered } from '../../crypto/messages.ts'
import type { OpenFile } from '../../depot/depot.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Scope, Tools } from '../../scope.ts'
import { depotOf, refusalOf } from '../attachments/depot.ts'
import { type Facts, openFacts } from '../attachments/sealed.ts'
import { type FoundFile, findFile } from '../attachments/store.ts'
import { readRoom } from '../rooms/lock.ts'
import { dispositionOf } from './disposition.ts'
import { isShown } from './kind.ts'
import { type Range, rangeOf } from './range.ts'
import { atOnceBytes, readSealed } from './read.ts'
import { countDownload } from './running.ts'

/** What may be seen does not change under its id, so a browser never asks again; nobody else may keep it. */
const caching = 'private, max-age=31536000, immutable'

/**
 * A file that the actor may see now: one of a message for those who may read its room, one that is not sent for its sender, and the picture
 * of a person for everybody. Any other looks as if it did not exist.
 */
export async function accessFile(scope: Scope, id: string): Promise<{ row: FoundFile; facts: Facts }> {
  const row = id.includes('\0') ? undefined : await findFile(scope.sql, id)
  await requireSight(scope, row)
  const facts = openFacts(scope, row!)
  if (!facts) throw new ChatError('file_damaged')
  return { row: row!, facts }
}

async function requireSight(scope: Scope, row: FoundFile | undefined): Promise<void> {
  const hidden = new ChatError('file_not_found')
  if (!row) throw hidden
  if (row.roomKey === null) return
  if (row.room === null) throw hidden
  if (row.purpose === 'message' && row.seq === null && row.userId !== scope.actor.id) throw hidden
  try {
    const need = row.purpose === 'avatar' ? 'find' : 'read'
    const key = await readRoom(scope, row.room, need, async ({ room }) => room.key)
    if (key !== row.roomKey) throw hidden
  } catch (error) {
    if (error instanceof ChatError && (error.code === 'forbidden' || error.code === 'not_found')) throw hidden
    throw error
  }
}

export async function downloadFile(scope: Scope, id: string, request: Request): Promise<Response> {
  const { row, facts } = await accessFile(scope, id)
  return respond(scope, request, {
    ...{ name: row.id, shown: facts.name, type: facts.type, bytes: facts.bytes, key: facts.key },
    row,
  })
}

/**
 * For each piece of a long response: throws if the actor may not see the file any more. Somebody who reads slowly would otherwise get the rest
 * for minutes after they were removed. Only the database knows that a file was deleted, so this is asked less often.
 */
function watchSight(scope: Scope, row: FoundFile): () => Promise<void> {
  let lookedAt = performance.now()
  return async () => {
    await requireSight(scope, row)
    if (performance.now() - lookedAt < scope.policy.files.lookAgainMs) return
    await accessFile(scope, row.id).catch((error: unknown) => {
      // Nothing is removed while the database is away, and the download need not end with it.
      if (!(error instanceof ChatError) || error.code !== 'unavailable') throw error
    })
    lookedAt = performance.now()
  }
}

type Sent = {
  /** In the depot. */
  name: string
  shown: string
  type: string
  bytes: number
  /** base64 */
  key: string
  /** Of the file that it is, or is a preview of. */
  row: FoundFile
}

export async function respond(scope: Scope, request: Request, sent: Sent): Promise<Response> {
  const { name, bytes, type } = sent
  const etag = `"${name}"`
  const kind = isShown(type) ? 'inline' : 'attachment'
  const headers: Record<string, string> = {
    'content-type': type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
    'content-disposition': dispositionOf(kind, sent.shown),
    // Nothing in it may run, whatever a browser takes it for.
    'content-security-policy':
      "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'",
    'cache-control': caching,
    'accept-ranges': 'bytes',
    'x-accel-buffering': 'no',
    etag,
    // It was signed to be in the page of another origin.
    ...(isSigned(request) && { 'cross-origin-resource-policy': 'cross-origin' }),
  }
  if (matches(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })
  if (request.method === 'HEAD') {
    // RFC 9110 section 14.2: without a part, whatever is asked for.
    return new Response(null, { headers: { ...headers, 'content-length': String(bytes) } })
  }
  const ifRange = request.headers.get('if-range')
  const range =
    ifRange === null || ifRange === etag ? rangeOf(request.headers.get('range'), bytes) : undefined
  if (range === 'none') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${bytes}` } })
  }
  const part = range ?? { from: 0, to: bytes - 1 }
  if (range) headers['content-range'] = `bytes ${part.from}-${part.to}/${bytes}`
  scope.http.keepOpen(request, longestPauseSeconds)
  const isShort = part.to + 1 - part.from <= atOnceBytes
  const body = await (isShort ? readAll(scope, sent, part) : stream(scope, sent, part))
  return new Response(body, { status: range ? 206 : 200, headers })
}

/** A player that has enough for now asks for the rest when it needs it. */
const longestPauseSeconds = 60

const isSigned = ({ url }: Request): boolean => /[?&]sig=/.test(url)

/** RFC 9110 section 13.1.2. */
const matches = (header: string | null, etag: string): boolean =>
  header?.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim())) ?? false

async function openNow(scope: Scope, name: string): Promise<OpenFile> {
  const file = await openStored(scope, name)
  if (file) return file
  scope.log.error('the bytes of a file are not where they should be', { file: name })
  throw new ChatError('file_damaged')
}

export async function openStored(tools: Tools, name: string): Promise<OpenFile | undefined> {
  try {
    return await (await depotOf(tools)).open(name)
  } catch (error) {
    tools.log.error('a file could not be opened', { file: name, error })
    throw refusalOf(error) ?? error
  }
}

type Pieces = { pieces: AsyncGenerator<Uint8Array>; end: () => Promise<void> }

async function openPieces(scope: Scope, sent: Sent, part: Range): Promise<Pieces> {
  const release = countDownload(scope)
  const file = await openNow(scope, sent.name).catch((error: unknown) => {
    release()
    throw error
  })
  const pieces = readSealed(file, { ...sent, key: Buffer.from(sent.key, 'base64') }, part)
  let ended = false
  const end = async (): Promise<void> => {
    if (ended) return
    ended = true
    release()
    await pieces.return(undefined).catch(() => {})
    await file.close()
  }
  return { pieces, end }
}

/** What is sent in one piece has a Content-Length: Bun leaves that header out before a stream. */
async function readAll(scope: Scope, sent: Sent, part: Range): Promise<Buffer<ArrayBuffer>> {
  const { pieces, end } = await openPieces(scope, sent, part)
  try {
    const read = await Array.fromAsync(pieces)
    await accessFile(scope, sent.row.id)
    return Buffer.concat(read)
  } catch (error) {
    if (error instanceof Tampered) throw damaged(scope, sent, error)
    throw refusalOf(error) ?? error
  } finally {
    await end()
  }
}

/** The first part is read before the response begins, so that damage there is an error and not a connection that was cut. */
async function stream(scope: Scope, sent: Sent, part: Range): Promise<ReadableStream<Uint8Array>> {
  const { pieces, end } = await openPieces(scope, sent, part)
  let next: IteratorResult<Uint8Array> | undefined
  try {
    next = await pieces.next()
  } catch (error) {
    await end()
    if (error instanceof Tampered) throw damaged(scope, sent, error)
    throw refusalOf(error) ?? error
  }
  try {
    // It may have been removed while it was looked up and read.
    await accessFile(scope, sent.row.id)
  } catch (error) {
    await end()
    throw error
  }
  const askAgain = watchSight(scope, sent.row)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = next ?? (await pieces.next())
          next = undefined
          if (!done) {
            await askAgain()
            return controller.enqueue(value)
          }
          await end()
          controller.close()
        } catch (error) {
          await end()
          if (error instanceof ChatError)
            scope.log.info('a download ended early', { file: sent.name, reason: error.reason })
          else damaged(scope, sent, error)
          // Without the error: Bun would print it, with its stack, on standard error.
          controller.error()
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}

function damaged({ log, metrics }: Scope, { name }: Sent, error: unknown): ChatError {
  metrics.decryptFailures.add()
  log.error('a file could not be read', { file: name, error })
  return new ChatError('file_damaged')
}
