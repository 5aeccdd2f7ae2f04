/** The tag of Exif that says how a picture was held. */
const tag = 0x0112

/** How a picture is to be turned, 1 to 8, as its Exif says (without the name before it); undefined if it says nothing. */
export function orientationIn(exif: Buffer): number | undefined {
  if (exif.length < 14) return undefined
  const order = exif.toString('latin1', 0, 2)
  if (order !== 'II' && order !== 'MM') return undefined
  const u16 = (at: number) => (order === 'II' ? exif.readUInt16LE(at) : exif.readUInt16BE(at))
  const u32 = (at: number) => (order === 'II' ? exif.readUInt32LE(at) : exif.readUInt32BE(at))
  const start = u32(4)
  if (start + 2 > exif.length) return undefined
  const count = u16(start)
  for (let at = start + 2, each = 0; each < count && at + 12 <= exif.length; each++, at += 12) {
    if (u16(at) !== tag) continue
    const value = u16(at + 8)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}

/** An Exif that says only that. */
export function exifOf(orientation: number): Buffer {
  const exif = Buffer.from('4d4d002a000000080001011200030000000100000000' + '00000000', 'hex')
  exif.writeUInt16BE(orientation, 18)
  return exif
}
