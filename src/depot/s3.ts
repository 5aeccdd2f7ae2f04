import { S3Client } from 'bun'
import type { Depot, DepotPlace } from './depot.ts'

type Bucket = Extract<DepotPlace, { kind: 's3' }>

/** S3 takes parts of at least 5 MB; so many are in memory for each upload. */
const partBytes = 5 << 20
const partsAtOnce = 1
const retries = 3
const listedAtOnce = 1000

/** A bucket of S3, or of any server that speaks like it. An upload in parts is there when its last part is. */
export function createS3Depot({
  bucket,
  prefix,
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
}: Bucket): Depot {
  const client = new S3Client({
    bucket,
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(accessKeyId && { accessKeyId }),
    ...(secretAccessKey && { secretAccessKey }),
  })
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`)

  // As the body of a request, not by a writer: `NetworkSink.end(error)` completes what was sent, and half of a file had its name.
  async function write(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const { body, failure, end } = bodyOf(pieces)
    const options = { partSize: partBytes, queueSize: partsAtOnce, retry: retries }
    try {
      await client.file(keyOf(name)).write(new Response(body), options)
    } catch (error) {
      throw failure()?.error ?? error
    } finally {
      end()
    }
  }

  return {
    shown: `s3://${bucket}/${prefix}${endpoint ? ` at ${endpoint}` : ''}`,
    write,
    async open(name) {
      const object = client.file(keyOf(name))
      const found = await object.stat().catch(absent)
      if (!found) return undefined
      return {
        bytes: found.size,
        async read(from, length) {
          const end = Math.min(from + length, found.size)
          // S3 refuses a range of nothing.
          return end <= from ? new Uint8Array() : new Uint8Array(await object.slice(from, end).arrayBuffer())
        },
        close: async () => {},
      }
    },
    remove: async (name) => void (await client.delete(keyOf(name)).catch(absent)),
    async *list() {
      const start = keyOf('')
      // By its token, not after the last key: a directory bucket lists in no order.
      for (let token: string | undefined, more = true; more; ) {
        const query = { prefix: start, maxKeys: listedAtOnce, ...(token && { continuationToken: token }) }
        const page = await client.list(query)
        for (const { key } of page.contents ?? []) yield key.slice(start.length)
        token = page.nextContinuationToken
        more = page.isTruncated === true && token !== undefined
      }
    },
    // The server drops uploads that were never completed, as its operator has set it.
    tidy: async () => {},
  }
}

/** Pieces as a stream that is read only as fast as it is sent. */
function bodyOf(pieces: AsyncIterable<Uint8Array>) {
  const source = pieces[Symbol.asyncIterator]()
  let failed: { error: unknown } | undefined
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await source.next()
          if (done) controller.close()
          // A copy: the next piece may be in the same memory.
          else controller.enqueue(Buffer.from(value))
        } catch (error) {
          failed = { error }
          controller.error(error)
        }
      },
    },
    { highWaterMark: 0 },
  )
  return {
    body,
    failure: () => failed,
    // Not awaited: it may wait for what never comes.
    end: () => void Promise.resolve(source.return?.()).catch(() => {}),
  }
}

function absent(error: unknown): undefined {
  const { code } = error as { code?: unknown }
  if (code === 'NoSuchKey' || code === 'NotFound') return undefined
  throw error
}
