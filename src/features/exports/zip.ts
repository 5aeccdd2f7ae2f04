import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** A file of an export. Its pieces are asked for one after another, as fast as the reader takes them. */
export type ExportFile = {
  name: string
  pieces: AsyncIterable<string | Uint8Array>
  /** Stored as it is: a picture is no smaller for being compressed again. */
  isCompressed?: boolean
}

/** Twice the size of level 6 for a quarter of its CPU time (decision 028). */
const compressionLevel = 1

const mostBytes = 1 << 16

/**
 * A zip file of these files, one after another. It holds a few pieces in memory and nothing on the disk: the next piece is made when a
 * client has taken the ones before. An error of a file ends it with that error, and so without the list of files at the end of a zip.
 */
export async function* zip(files: AsyncIterable<ExportFile>, at: Date): AsyncGenerator<Uint8Array> {
  const archive = new ZipFile()
  const output = archive.outputStream as Readable
  let current: Readable | undefined
  let stopped = false

  async function write(): Promise<void> {
    for await (const { name, pieces, isCompressed } of files) {
      if (stopped) return
      const source = Readable.from(bytesOf(pieces), { highWaterMark: 1 })
      current = source
      const options = isCompressed ? { compress: false } : { compressionLevel }
      archive.addReadStreamLazy(name, { mtime: at, ...options }, (give) => give(null, source))
      await finished(source)
    }
    archive.end()
  }

  const written = write().catch((error) => output.destroy(error as Error))
  // The source reports it too.
  archive.on('error', () => {})
  try {
    for await (const chunk of output) yield chunk
  } finally {
    stopped = true
    current?.destroy()
    await written
  }
}

async function* bytesOf(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    // A copy: the next piece may be in the same memory.
    const bytes = Buffer.from(typeof piece === 'string' ? piece.toWellFormed() : piece)
    // Each stage on the way holds one: a page of long messages would be there many times.
    for (let from = 0; from < bytes.length; from += mostBytes) yield bytes.subarray(from, from + mostBytes)
  }
}
