import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { ChatError } from '../protocol/errors.ts'
import { damaged, type Line, magic, readLine } from './format.ts'

const sealPattern = /^\nsha256 ([0-9a-f]{64})\n$/
const sealBytes = '\nsha256 '.length + 64 + 1
const known = Buffer.from(magic)

type Bytes = AsyncIterable<Uint8Array>

/** Reads every byte and throws unless they are the ones that were written. */
export async function checkSeal(bytes: Bytes): Promise<void> {
  for await (const _ of sealed(bytes));
}

/** The lines of a backup. The last one comes only when all that came before is what was written. */
export async function* unpack(bytes: Bytes): AsyncGenerator<Line> {
  const zip = createZstdDecompress()
  const decoder = new TextDecoder()
  let failure: unknown
  const flowing = pipeline(Readable.from(sealed(bytes)), zip).catch((error: unknown) => {
    failure = error instanceof ChatError ? error : damaged()
  })
  let rest = ''
  try {
    for await (const piece of zip) {
      const lines = (rest + decoder.decode(piece as Buffer, { stream: true })).split('\n')
      rest = lines.pop()!
      for (const line of lines) yield readLine(line)
    }
  } catch (error) {
    await flowing
    throw failure ?? error
  }
  await flowing
  if (failure) throw failure
  if (rest !== '') throw damaged()
}

/** The compressed part of a file; throws at its end when the file as a whole is not what was written. */
async function* sealed(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const hash = new Bun.CryptoHasher('sha256')
  let begun = false
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of bytes) {
    held = Buffer.concat([held, piece])
    if (!begun && held.length >= known.length) {
      begin(held)
      begun = true
      hash.update(known)
      held = held.subarray(known.length)
    }
    if (!begun || held.length <= sealBytes) continue
    const sure = held.subarray(0, held.length - sealBytes)
    held = held.subarray(sure.length)
    hash.update(sure)
    yield sure
  }
  if (!begun) begin(held)
  const seal = sealPattern.exec(held.toString('latin1'))
  if (!seal) throw new ChatError('backup_cut_short')
  if (seal[1] !== hash.digest('hex')) throw damaged()
}

function begin(bytes: Buffer): void {
  if (bytes.subarray(0, known.length).equals(known)) return
  const version = /^parley-backup (\d+)/.exec(bytes.subarray(0, 32).toString('latin1'))
  throw version ? new ChatError('backup_other_form', { form: version[1]! }) : new ChatError('not_a_backup')
}
