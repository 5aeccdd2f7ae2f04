import type { Depot } from '../depot/depot.ts'
import { depotOf } from '../features/attachments/depot.ts'
import { listFiles } from '../features/attachments/store.ts'
import type { Tools } from '../scope.ts'
import { isUuid } from '../text/uuid.ts'
import { bytesLine, damaged, type Line } from './format.ts'

/** A multiple of three, so that pieces of base64 have no padding between them. */
const pieceBytes = 196_608
const rowsAtOnce = 500

type Writing = { write(text: string): Promise<void>; signal: AbortSignal }

/**
 * Writes the bytes of all files, sealed as they are; previews are made again. One that was removed since the rows were read is left out: its row
 * says of it that it is damaged. Returns how many there were.
 */
export async function writeFiles(tools: Tools, { write, signal }: Writing): Promise<number> {
  let depot: Depot | undefined
  let written = 0
  for (let after = ''; ; ) {
    const rows = await listFiles(tools.sql, after, rowsAtOnce)
    for (const { id } of rows) {
      signal.throwIfAborted()
      depot ??= await depotOf(tools)
      const file = await depot.open(id)
      if (!file) continue
      try {
        for (let from = 0; from < file.bytes; from += pieceBytes) {
          const piece = await file.read(from, pieceBytes)
          const last = from + pieceBytes >= file.bytes
          await write(bytesLine({ name: id, data: Buffer.from(piece).toString('base64'), last }))
        }
      } finally {
        await file.close()
      }
      written++
    }
    if (rows.length < rowsAtOnce) return written
    after = rows.at(-1)!.id
  }
}

/** As a file is called: nothing in a backup leads to another place. */
const isName = isUuid

/** The lines of a backup without the bytes of files, which go where `write` puts them. */
export async function* takeFiles(
  lines: AsyncGenerator<Line>,
  write: (name: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>,
): AsyncGenerator<Line> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const line = next.value
    if ('bytes' in line) await write(nameOf(line), pieces(line))
    else yield line
  }

  async function* pieces(first: Extract<Line, { bytes: unknown }>): AsyncGenerator<Uint8Array> {
    for (let line: Line = first; ; ) {
      if (!('bytes' in line) || line.bytes.name !== first.bytes.name) throw damaged()
      yield Buffer.from(String(line.bytes.data), 'base64')
      if (line.bytes.last) return
      const next: IteratorResult<Line> = await lines.next()
      if (next.done) throw damaged()
      line = next.value
    }
  }
}

function nameOf({ bytes }: Extract<Line, { bytes: unknown }>): string {
  if (!isName(bytes?.name)) throw damaged()
  return bytes.name
}
