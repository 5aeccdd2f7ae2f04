/**
 * Gives the memory of bytes back at once: the garbage collection would let a whole file of them wait until it has time. They are empty
 * afterwards. Bytes that share their memory with others stay.
 */
export function release({ buffer, byteOffset, byteLength }: Uint8Array): void {
  // A cipher of Bun makes its memory one byte longer.
  const isAlone = byteOffset === 0 && buffer.byteLength <= byteLength + 1
  if (buffer instanceof ArrayBuffer && isAlone) buffer.transfer(0)
}
