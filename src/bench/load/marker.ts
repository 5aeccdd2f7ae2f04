/** The text of each message: the time it was sent, and padding. The width is fixed, so that the time can be overwritten. */
const start = '~T'
const digits = 16
const textBytes = 64

export const markedText = start + '0'.repeat(digits) + '.'.padEnd(textBytes - start.length - digits, 'x')

const startBytes = Buffer.from(start)

export const markerIn = (bytes: Buffer, from = 0): number => {
  const at = bytes.indexOf(startBytes, from)
  return at < 0 ? at : at + start.length
}

export const writeTime = (bytes: Buffer, at: number, us: number): void => writeDigits(bytes, at, us, digits)

export const readTime = (bytes: Buffer, at: number): number => readDigits(bytes, at, at + digits)

export function writeDigits(bytes: Buffer, at: number, value: number, width: number): void {
  let rest = value
  for (let place = at + width - 1; place >= at; place--) {
    bytes[place] = 48 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}

/** The number at `at`, up to the first byte that is not a digit. */
export function readDigits(bytes: Buffer, at: number, end: number): number {
  let value = 0
  for (let place = at; place < end; place++) {
    const digit = bytes[place]! - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return value
}
