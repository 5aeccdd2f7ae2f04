import { Image } from 'bun'
import { ChatError } from '../../protocol/errors.ts'
import { previewSizes } from '../../protocol/file-numbers.ts'
import { perServer, type Tools } from '../../scope.ts'

/** A larger file is not decoded: it is a file like others. */
export const mostPictureBytes = 64_000_000
/** Four bytes each, in memory while it is decoded. */
const mostPixels = 50_000_000
const quality = 78
/** A picture takes up to a few hundred megabytes; two at once use two cores. */
const mostAtOnce = 2
const mostWaiting = 500

const queues = perServer(() => ({ running: 0, waiting: [] as (() => void)[] }))

/** Decoding runs on other threads, a few at a time. A picture that waits is not in memory yet: many may wait. */
async function inTurn<Result>(tools: Tools, work: () => Promise<Result>): Promise<Result> {
  const queue = queues(tools)
  if (queue.waiting.length >= mostWaiting) throw new ChatError('server_busy', { retryAfterMs: 1000 })
  if (queue.running >= mostAtOnce) await new Promise<void>((resolve) => queue.waiting.push(resolve))
  else queue.running++
  try {
    return await work()
  } finally {
    const next = queue.waiting.shift()
    if (next) next()
    else queue.running--
  }
}

type Read = () => Promise<Uint8Array>

export type Measured = { width: number; height: number; placeholder: string; preview: Uint8Array }

/**
 * The size of a picture as it is shown, its smallest preview, and a tiny picture of that. Undefined for one that cannot be decoded. Its header says
 * how large it is: one that would take too much memory is refused before anything is decoded.
 */
export function measure(tools: Tools, read: Read): Promise<Measured | undefined> {
  return inTurn(tools, async () => {
    const bytes = await read()
    try {
      const { width, height } = await new Image(bytes, { maxPixels: mostPixels }).metadata()
      const preview = await encode(bytes, previewSizes[0])
      return { width, height, placeholder: await new Image(preview).placeholder(), preview }
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_IMAGE_TOO_MANY_PIXELS')
        throw new ChatError('picture_too_large', { max: mostPixels })
      return undefined
    }
  })
}

export const makePreview = (tools: Tools, read: Read, size: number): Promise<Uint8Array> =>
  inTurn(tools, async () => encode(await read(), size))

const encode = (bytes: Uint8Array, size: number): Promise<Uint8Array> =>
  new Image(bytes, { maxPixels: mostPixels })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality })
    .bytes()
