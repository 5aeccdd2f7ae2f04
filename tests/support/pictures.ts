import { Image } from 'bun'

/** A BMP of a pattern: the only picture that is easily written by hand. */
export function bitmap(width: number, height: number): Buffer {
  const row = (width * 3 + 3) & ~3
  const bytes = Buffer.alloc(54 + row * height)
  bytes.write('BM')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  for (let at = 54; at < bytes.length; at++) bytes[at] = (at >> 4) & 255
  return bytes
}

export const secret = 'LATITUDE-53-LONGITUDE-10'

/** Exif with an orientation, and a text that must not stay. */
export const exif = (orientation: number) =>
  Buffer.concat([
    Buffer.from('4d4d002a0000000800010112000300000001', 'hex'),
    Buffer.from([0, orientation, 0, 0, 0, 0, 0, 0]),
    Buffer.from(secret),
  ])

const segment = (code: number, body: Buffer) => {
  const head = Buffer.from([0xff, code, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** A JPEG that says in many places what must not stay. */
export async function photo(orientation: number, width = 800, height = 600): Promise<Buffer> {
  const plain = Buffer.from(
    await new Image(bitmap(width, height)).jpeg({ quality: 85, progressive: true }).bytes(),
  )
  return Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation)])),
    segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x>${secret}</x>`)),
    segment(0xed, Buffer.from(`Photoshop 3.0\0${secret}`)),
    segment(0xfe, Buffer.from(secret)),
    plain.subarray(2),
    Buffer.from(`behind the end: ${secret}`),
  ])
}

/** The smallest PNG. */
export const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
