import { ChatError } from '../../protocol/errors.ts'
import { release } from '../../release.ts'
import type { Tools } from '../../scope.ts'
import { readForm } from './multipart.ts'

/** A form is a little longer than its file. */
export const formBytes = 16_384

export type Incoming = {
  name: string
  /** As the client has announced it; absent if it did not. */
  declared?: number
  bytes: AsyncIterable<Uint8Array>
}

/** The file of a request, as it arrives: the field `file` of a form, or the whole body with its name in a header. */
export async function openIncoming(tools: Tools, request: Request): Promise<Incoming> {
  const { headers } = request
  if ((headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity')
    throw new ChatError('body_encoded')
  const most = tools.policy.limits.file_bytes
  const length = headers.get('content-length')
  const type = headers.get('content-type') ?? ''
  const isForm = /^multipart\/form-data\s*(;|$)/i.test(type)
  if (length !== null && Number(length) > most + (isForm ? formBytes : 0))
    throw new ChatError('file_too_large', { max: most })
  if (!request.body) throw new ChatError('file_empty')
  const body = atLeastAsFast(tools, request.body as unknown as AsyncIterable<Uint8Array>)
  if (isForm) {
    const { fileName, bytes } = await readForm(type, body)
    return { name: fileName ?? '', bytes: noMoreThan(bytes, most) }
  }
  return {
    name: nameIn(headers.get('x-file-name') ?? ''),
    ...(length === null ? {} : { declared: Number(length) }),
    bytes: noMoreThan(body, most),
  }
}

/** A header has no place for most letters, so they are percent-encoded; a name that is not stays as it is. */
function nameIn(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return header
  }
}

async function* noMoreThan(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let sum = 0
  for await (const piece of bytes) {
    sum += piece.length
    if (sum > most) throw new ChatError('file_too_large', { max: most })
    yield piece
  }
}

/**
 * What arrives; each piece is there until the next is asked for. Ends an upload that sends nothing for some time, or less than it should
 * all in all: it would keep its place for hours. A connection that is lost is an upload that was cut.
 */
async function* atLeastAsFast(
  { policy: { files } }: Tools,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  const began = performance.now()
  let received = 0
  try {
    for (;;) {
      const { value, done } = await inTime(source.next(), files.slowestMs)
      if (done) return
      received += value.length
      const lateMs = performance.now() - began - files.slowestMs
      if (lateMs > 0 && received < (lateMs / 1000) * files.leastPerSecond) throw new ChatError('upload_slow')
      yield value
      release(value)
    }
  } finally {
    // Not awaited: it may wait for what never comes.
    void Promise.resolve(source.return?.()).catch(() => {})
  }
}

async function inTime<Value>(next: Promise<Value>, ms: number): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new ChatError('upload_slow')), ms)
  try {
    return await Promise.race([
      next.catch((error: unknown) => {
        if (error instanceof ChatError) throw error
        throw new ChatError('upload_cut')
      }),
      late.promise,
    ])
  } finally {
    clearTimeout(timer)
  }
}
