import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { release } from '../release.ts'
import { Tampered } from './messages.ts'

/*
 * The bytes of a file, sealed in chunks so that a part of it can be read without the rest. The construction is STREAM (Hoang, Reyhanitabar,
 * Rogaway, Vizár 2015) as Tink has it in AES-GCM-HKDF: each sealed file has a key of its own, derived from the key of the file, a
 * random salt and its place; the nonce of a chunk is a random prefix, the number of the chunk, and whether it is the last one. So a chunk
 * that was changed, moved, repeated or cut off does not open.
 */

export const fileChunkBytes = 65_536
export const fileHeaderBytes = 1 + 16 + 7

const algorithm = 'aes-256-gcm'
const tagBytes = 16
const saltBytes = 16
const prefixBytes = 7
const form = 1

export const sealedChunkBytes = fileChunkBytes + tagBytes

export const makeFileKey = (): Buffer => crypto.getRandomValues(Buffer.alloc(32))

/** Also a file of nothing has a chunk, which says that there is nothing. */
export const chunksOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / fileChunkBytes))

export const sealedBytes = (bytes: number): number => fileHeaderBytes + bytes + chunksOf(bytes) * tagBytes

/** Seals what comes, in pieces that may be written one after another. Each is there until the next is asked for. */
export async function* sealFile(
  key: Uint8Array,
  place: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const header = Buffer.alloc(fileHeaderBytes)
  header[0] = form
  crypto.getRandomValues(header.subarray(1))
  const seal = sealerOf(key, place, header)
  yield header
  const chunk = Buffer.allocUnsafeSlow(fileChunkBytes)
  let [index, filled] = [0, 0]
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      // A full chunk waits for what comes after it: the last one says so.
      if (filled === fileChunkBytes) {
        yield seal(index++, false, chunk)
        filled = 0
      }
      const part = piece.subarray(from, from + fileChunkBytes - filled)
      chunk.set(part, filled)
      filled += part.length
      from += part.length
    }
  }
  yield seal(index, true, chunk.subarray(0, filled))
}

type SealChunk = (index: number, isLast: boolean, chunk: Uint8Array) => Uint8Array

function sealerOf(key: Uint8Array, place: string, header: Uint8Array): SealChunk {
  const { derived, nonceOf } = derive(key, place, header)
  const memory = Buffer.allocUnsafeSlow(sealedChunkBytes)
  return (index, isLast, chunk) => {
    const cipher = createCipheriv(algorithm, derived, nonceOf(index, isLast))
    const sealed = memory.subarray(0, chunk.length + tagBytes)
    const text = cipher.update(chunk)
    sealed.set(text)
    release(text)
    cipher.final()
    sealed.set(cipher.getAuthTag(), chunk.length)
    return sealed
  }
}

/** Opens single chunks of the file with this header; `index` counts from 0. Throws `Tampered`. */
export function fileOpener(
  key: Uint8Array,
  place: string,
  header: Uint8Array,
): (index: number, isLast: boolean, sealed: Uint8Array) => Uint8Array {
  if (header.length < fileHeaderBytes || header[0] !== form)
    throw new Tampered('The file has an unknown form, or was cut off')
  const { derived, nonceOf } = derive(key, place, header)
  return (index, isLast, sealed) => {
    const end = sealed.length - tagBytes
    if (end < 0) throw new Tampered('The file was cut off')
    const decipher = createDecipheriv(algorithm, derived, nonceOf(index, isLast), {
      authTagLength: tagBytes,
    })
    decipher.setAuthTag(sealed.subarray(end))
    const chunk = decipher.update(sealed.subarray(0, end))
    try {
      decipher.final()
    } catch {
      throw new Tampered('A part of the file was changed or moved')
    }
    return chunk
  }
}

function derive(key: Uint8Array, place: string, header: Uint8Array) {
  const salt = header.subarray(1, 1 + saltBytes)
  const prefix = header.subarray(1 + saltBytes, fileHeaderBytes)
  const derived = Buffer.from(hkdfSync('sha256', key, salt, `parley file|${place}`, 32))
  const nonceOf = (index: number, isLast: boolean): Buffer => {
    const nonce = Buffer.alloc(12)
    nonce.set(prefix)
    nonce.writeUInt32BE(index, prefixBytes)
    nonce[11] = isLast ? 1 : 0
    return nonce
  }
  return { derived, nonceOf }
}
