import { Image } from 'bun'
import type { Page } from 'playwright-core'

/** A BMP of bands of colour: a picture that is easily written by hand, and not the same everywhere. */
function bitmap(width: number, height: number, hue: number, grain: number): Buffer {
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
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 54 + y * row + x * 3
      const rough = grain * (Math.random() - 0.5)
      const wave = rough + 40 * Math.sin((x / width) * 9 + hue) + 30 * Math.sin((y / height) * 14)
      bytes[at] = Math.min(255, Math.max(0, 150 + wave + hue * 12))
      bytes[at + 1] = Math.min(255, Math.max(0, 110 + (y / height) * 90 - wave / 2))
      bytes[at + 2] = Math.min(255, Math.max(0, 60 + (x / width) * 120 + hue * 20))
    }
  }
  return bytes
}

/** A JPEG; with grain, as a camera makes it in the evening. */
export const photo = async (width = 1600, height = 1200, hue = 0, grain = 0): Promise<Buffer> =>
  Buffer.from(await new Image(bitmap(width, height, hue, grain)).jpeg({ quality: 85 }).bytes())

export const pdf = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
)

/** A film of half a second, as a browser records it. */
export async function film(page: Page): Promise<Buffer> {
  const encoded = await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 160
    canvas.height = 90
    const paint = canvas.getContext('2d')!
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm;codecs=vp8' })
    const pieces: Blob[] = []
    recorder.ondataavailable = ({ data }) => pieces.push(data)
    const stopped = new Promise((resolve) => {
      recorder.onstop = resolve
    })
    recorder.start()
    for (let frame = 0; frame < 12; frame++) {
      paint.fillStyle = `hsl(${frame * 20} 60% 50%)`
      paint.fillRect(0, 0, 160, 90)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    recorder.stop()
    await stopped
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer())
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  })
  return Buffer.from(encoded, 'base64')
}
