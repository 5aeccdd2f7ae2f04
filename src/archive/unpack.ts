import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { ChatError } from '../protocol/errors.ts'
import { damaged, type Line, magic, readLine } from './format.ts'

const sealPattern = /^\nsha256 ([0-9a-f]{64})\n$/
const sealBytes = '\nsha256 '.length + 64 + 1
const known = Buffer.from(magic)

type Bytes = AsyncIterable<Uint8Array>

/** No row comes near it: the longest text has 8,000 characters. A longer line is made to fill the memory. */
const mostLineCharacters = 4_000_000

/** Reads the whole file and throws if it was changed. */
export async function checkSeal(bytes: Bytes): Promise<void> {
  for await (const _ of sealed(bytes));
}

/** The lines of a backup. The last one arrives only after the checksum was right. */
export async function* unpack(bytes: Bytes): AsyncGenerator<Line> {
  const zip = createZstdDecompress()
  const decoder = new TextDecoder()
  let failure: unknown
  const flowing = pipeline(Readable.from(sealed(bytes)), zip).catch((error: unknown) => {
    failure = error instanceof ChatError ? error : damaged()
  })
  /** The line that has not ended yet. Joined only at its end: otherwise each piece would copy all before it. */
  let begun: string[] = []
  let characters = 0
  try {
    for await (const piece of zip) {
      const [first = '', ...more] = decoder.decode(piece as Buffer, { stream: true }).split('\n')
      begun.push(first)
      characters += first.length
      if (characters > mostLineCharacters) throw damaged()
      const last = more.pop()
      if (last === undefined) continue
      yield readLine(begun.join(''))
      for (const line of more) yield readLine(line)
      begun = [last]
      characters = last.length
    }
  } catch (error) {
    await flowing
    throw failure ?? error
  }
  await flowing
  if (failure) throw failure
  if (characters > 0) throw damaged()
}

/** The compressed part of a file. Throws at the end if the checksum of the whole file is wrong. */
async function* sealed(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const hash = new Bun.CryptoHasher('sha256')
  let started = false
  let buffered: Buffer = Buffer.alloc(0)
  for await (const piece of bytes) {
    buffered = Buffer.concat([buffered, piece])
    if (!started && buffered.length >= known.length) {
      checkMagic(buffered)
      started = true
      hash.update(known)
      buffered = buffered.subarray(known.length)
    }
    if (!started || buffered.length <= sealBytes) continue
    const checked = buffered.subarray(0, buffered.length - sealBytes)
    buffered = buffered.subarray(checked.length)
    hash.update(checked)
    yield checked
  }
  if (!started) checkMagic(buffered)
  const seal = sealPattern.exec(buffered.toString('latin1'))
  if (!seal) throw new ChatError('backup_cut_short')
  if (seal[1] !== hash.digest('hex')) throw damaged()
}

function checkMagic(bytes: Buffer): void {
  if (bytes.subarray(0, known.length).equals(known)) return
  const version = /^parley-backup (\d+)/.exec(bytes.subarray(0, 32).toString('latin1'))
  throw version ? new ChatError('backup_other_form', { form: version[1]! }) : new ChatError('not_a_backup')
}
