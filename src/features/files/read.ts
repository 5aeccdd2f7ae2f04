import {
  chunksOf,
  fileChunkBytes,
  fileHeaderBytes,
  fileOpener,
  sealedBytes,
  sealedChunkBytes,
} from '../../crypto/files.ts'
import { Tampered } from '../../crypto/messages.ts'
import type { OpenFile } from '../../depot/depot.ts'
import type { Range } from './range.ts'

/** So many chunks are read at once: a request of S3 for each would take most of the time. */
const chunksAtOnce = 4
export const atOnceBytes = chunksAtOnce * fileChunkBytes

/** The bytes of a range, opened. Throws `Tampered` where the sealed file is not what was written. */
export async function* readSealed(
  file: OpenFile,
  { key, name, bytes }: { key: Uint8Array; name: string; bytes: number },
  { from, to }: Range,
): AsyncGenerator<Uint8Array> {
  if (file.bytes !== sealedBytes(bytes)) throw new Tampered('The file is shorter or longer than it was')
  const open = fileOpener(key, name, await file.read(0, fileHeaderBytes))
  const count = chunksOf(bytes)
  const last = Math.floor(to / fileChunkBytes)
  for (let index = Math.floor(from / fileChunkBytes); index <= last; index += chunksAtOnce) {
    const many = Math.min(chunksAtOnce, last + 1 - index)
    const sealed = await file.read(fileHeaderBytes + index * sealedChunkBytes, many * sealedChunkBytes)
    for (let each = 0; each < many; each++) {
      const at = index + each
      const chunk = open(
        at,
        at === count - 1,
        sealed.subarray(each * sealedChunkBytes, (each + 1) * sealedChunkBytes),
      )
      const start = at * fileChunkBytes
      yield chunk.subarray(Math.max(0, from - start), Math.min(chunk.length, to + 1 - start))
    }
  }
}
