import { createZstdCompress } from 'node:zlib'
import { magic } from './format.ts'

export type Pack = {
  /** Resolves when there is room for more: a reader that is slower holds up the writer. */
  write(text: string): Promise<void>
  /** Resolves when all has been taken. */
  end(): Promise<{ bytes: number; sha256: string }>
  close(): void
}

/** Makes a backup file of lines, a piece at a time. */
export function createPack(out: (piece: Uint8Array) => Promise<void>): Pack {
  const zip = createZstdCompress()
  const hash = new Bun.CryptoHasher('sha256')
  let bytes = 0
  const tell = (piece: Uint8Array): Promise<void> => {
    hash.update(piece)
    bytes += piece.length
    return out(piece)
  }
  const flowing = (async () => {
    await tell(Buffer.from(magic))
    for await (const piece of zip) await tell(piece as Buffer)
  })()
  // Heard of by whoever writes next.
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
      const seal = Buffer.from(`\nsha256 ${sha256}\n`)
      await out(seal)
      return { bytes: bytes + seal.length, sha256 }
    },
    close: () => void zip.destroy(),
  }
}
