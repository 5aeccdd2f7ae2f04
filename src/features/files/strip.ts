import { exifOf, orientationIn } from './orientation.ts'
import { createReader, type Reader } from './reader.ts'

/*
 * Takes out of a picture, while it arrives, what may tell where, when and with which device it was made: Exif, XMP, IPTC, comments, and
 * whatever is behind its end. How it was held stays, and so do colours and animation. What is no such picture passes as it is.
 */

type Strip = (reader: Reader) => AsyncGenerator<Uint8Array>

const strips: Partial<Record<string, Strip>> = {
  'image/jpeg': stripJpeg,
  'image/png': stripPng,
  'image/apng': stripPng,
  'image/webp': stripWebp,
}

export async function* stripped(type: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const strip = strips[type]
  if (!strip) return yield* bytes
  const reader = createReader(bytes)
  try {
    yield* strip(reader)
    // What is left is not wanted, but all of it must have arrived.
    await reader.skip(Number.POSITIVE_INFINITY)
  } finally {
    await reader.end()
  }
}

const exifName = Buffer.from('Exif\0\0', 'latin1')
const iccName = Buffer.from('ICC_PROFILE\0', 'latin1')
const jpeg = {
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
  app15: 0xef,
  comment: 0xfe,
}

async function* stripJpeg(reader: Reader): AsyncGenerator<Uint8Array> {
  yield await reader.take(2)
  for (;;) {
    let [first = 0, code = 0] = await reader.take(2)
    // Decoders skip what is between segments, and bytes that fill.
    while (first !== 0xff || code === 0xff || code === 0) {
      first = code
      const [next] = await reader.take(1)
      if (next === undefined) return
      code = next
    }
    const marker = Buffer.from([0xff, code])
    if (code === jpeg.end) {
      yield marker
      return
    }
    if (code === jpeg.start || code === 0x01 || (code >= 0xd0 && code <= 0xd7)) {
      yield marker
      continue
    }
    const size = await reader.take(2)
    if (size.length < 2) return
    const body = await reader.take(Math.max(0, size.readUInt16BE(0) - 2))
    const kept = keptSegment(code, body)
    if (kept) yield Buffer.concat([marker, sizeOf(kept), kept])
    if (code === jpeg.scan) yield* reader.passUntil(endOfScan)
  }
}

function sizeOf(body: Buffer): Buffer {
  const size = Buffer.alloc(2)
  size.writeUInt16BE(body.length + 2)
  return size
}

function keptSegment(code: number, body: Buffer): Buffer | undefined {
  if (code === jpeg.app1) {
    const isExif = body.subarray(0, exifName.length).equals(exifName)
    const orientation = isExif ? orientationIn(body.subarray(exifName.length)) : undefined
    return orientation === undefined || orientation === 1
      ? undefined
      : Buffer.concat([exifName, exifOf(orientation)])
  }
  if (code === jpeg.app2) return body.subarray(0, iccName.length).equals(iccName) ? body : undefined
  if (code === jpeg.comment) return undefined
  const isOther = code > jpeg.app0 && code <= jpeg.app15 && code !== jpeg.app14
  return isOther ? undefined : body
}

/** In a scan, 0xff is followed by 0 or by a mark to begin again at. Anything else is the next segment. */
function endOfScan(bytes: Buffer): { sure: number; found: boolean } {
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (at + 1 >= bytes.length) return { sure: at, found: false }
    const next = bytes[at + 1]!
    if (next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)) continue
    return { sure: at, found: true }
  }
  return { sure: bytes.length, found: false }
}

const texts = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME'])
const mostExif = 65_536

async function* stripPng(reader: Reader): AsyncGenerator<Uint8Array> {
  yield await reader.take(8)
  for (;;) {
    const head = Buffer.from(await reader.take(8))
    if (head.length < 8) return
    const [length, type] = [head.readUInt32BE(0), head.toString('latin1', 4)]
    if (type === 'eXIf' && length <= mostExif) {
      const orientation = orientationIn(Buffer.from(await reader.take(length)))
      await reader.skip(4)
      if (orientation !== undefined && orientation !== 1) yield pngChunk(type, exifOf(orientation))
    } else if (texts.has(type) || type === 'eXIf' || isPrivate(type)) await reader.skip(length + 4)
    else {
      yield head
      yield* reader.pass(length + 4)
    }
    if (type === 'IEND') return
  }
}

/** Programs put what they like into chunks of their own, whose second letter is small; a decoder does without those whose first is. */
const isPrivate = (type: string): boolean => /^[a-z][a-z]/.test(type)

function pngChunk(type: string, body: Buffer): Buffer {
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), body, Buffer.alloc(4)])
  chunk.writeUInt32BE(body.length)
  chunk.writeUInt32BE(Bun.hash.crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length)
  return chunk
}

const xmpFlag = 0x04
/** The length that it claims may be anything. */
const vp8xBytes = 10

/** Its size is at its beginning, so what is taken out is overwritten. */
async function* stripWebp(reader: Reader): AsyncGenerator<Uint8Array> {
  const start = await reader.take(12)
  yield start
  if (start.length < 12) return
  for (let left = start.readUInt32LE(4) - 4; left > 0; ) {
    const head = Buffer.from(await reader.take(8))
    if (head.length < 8) return yield head
    const [type, length] = [head.toString('latin1', 0, 4), head.readUInt32LE(4)]
    const padded = length + (length % 2)
    left -= 8 + padded
    if (type === 'EXIF' || type === 'XMP ') {
      const body = Buffer.from(await reader.take(Math.min(padded, mostExif)))
      const orientation = type === 'EXIF' ? orientationIn(body) : undefined
      body.fill(0)
      if (orientation !== undefined && body.length >= exifOf(orientation).length)
        body.set(exifOf(orientation))
      else head.write('JUNK', 'latin1')
      yield head
      yield body
      for await (const piece of reader.pass(padded - body.length)) yield new Uint8Array(piece.length)
      continue
    }
    yield head
    if (type === 'VP8X') {
      const body = Buffer.from(await reader.take(Math.min(padded, vp8xBytes)))
      if (body.length > 0) body[0]! &= ~xmpFlag
      yield body
      yield* reader.pass(padded - body.length)
    } else yield* reader.pass(padded)
  }
}
