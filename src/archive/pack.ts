import { createZstdCompress } from 'node:zlib'
import { magic } from './format.ts'

type Pack = {
  /** Resolves when there is room for more: a slow reader makes the writer wait. */
  write(text: string): Promise<void>
  /** Resolves when the reader has taken everything. */
  end(): Promise<{ bytes: number; sha256: string }>
  close(): void
}

/** Compresses lines into a backup file, piece by piece. */
export function createPack(out: (piece: Uint8Array) => Promise<void>): Pack {
  const zip = createZstdCompress()
  const hash = new Bun.CryptoHasher('sha256')
  let bytes = 0
  const send = (piece: Uint8Array): Promise<void> => {
    hash.update(piece)
    bytes += piece.length
    return out(piece)
  }
  const flowing = (async () => {
    await send(Buffer.from(magic))
    for await (const piece of zip) await send(piece as Buffer)
  })()
  // The next write gets the error.
  flowing.catch(() => {})

  return {
    async write(text) {
      const written = new Promise<void>((resolve, reject) =>
        zip.write(text, (error) => (error ? reject(error) : resolve())),
      )
      await Promise.race([written, flowing])
    },
    async end() {
      zip.end()
      await flowing
      const sha256 = hash.digest('hex')
      const trailer = Buffer.from(`\nsha256 ${sha256}\n`)
      await out(trailer)
      return { bytes: bytes + trailer.length, sha256 }
    },
    close: () => void zip.destroy(),
  }
}
