import { Image } from 'bun'
import { makeFileKey, sealFile } from '../../crypto/files.ts'
import { Unreachable } from '../../outside/request.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import { once } from '../attachments/depot.ts'
import { headBytes, isPicture, typeOf } from '../files/kind.ts'
import { measure } from '../files/pictures.ts'
import type { Facts } from '../links/sealed.ts'
import { textOfPage } from './charset.ts'
import { type Opened, openOutside } from './open.ts'
import { readSaid } from './said.ts'

const mostPageBytes = 1 << 20
const mostPictureBytes = 5 << 20
/** A picture of 360 pixels takes 10 to 30 kB. */
const mostKeptBytes = 150_000

const anything = 'text/html, application/xhtml+xml, image/*;q=0.8'

export type Fetched = { facts: Facts; picture: string | null }

/** What there is to show of the page at this address; undefined if nothing is. */
export async function fetchPreview(
  tools: Tools,
  id: string,
  url: string,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  const page = await open(tools, url, { accept: anything, mostBytes: mostPageBytes, signal })
  if (!page) return undefined
  // By its bytes: a header may lie.
  const type = await typeOf(page.body.subarray(0, headBytes))
  if (isPicture(type)) {
    const picture = page.whole ? page : await openPicture(tools, url, signal)
    const kept = picture && (await keep(tools, id, picture))
    return kept && { facts: { url, image: kept.image }, picture: kept.picture }
  }
  if (!isPage(type, page.contentType)) return undefined
  const { image: address, ...said } = readSaid(textOfPage(page.body, page.contentType))
  if (said.title === undefined) return undefined
  const source = address === undefined ? undefined : URL.parse(address, page.url)?.href
  const picture = source === undefined ? undefined : await openPicture(tools, source, signal)
  const kept = picture && (await keep(tools, id, picture))
  return { facts: { url, ...said, ...(kept && { image: kept.image }) }, picture: kept?.picture ?? null }
}

/** A page in an old charset has bytes that are no text of ours, so its header has to say that it is one. */
const isPage = (type: string, header: string): boolean =>
  type === 'text/html' ||
  (/^(text\/html|application\/xhtml\+xml)\b/.test(header) &&
    ['text/plain', 'application/xml', 'application/octet-stream'].includes(type))

type Asking = Parameters<typeof openOutside>[2]

async function open(tools: Tools, url: string, asking: Asking): Promise<Opened | undefined> {
  try {
    return await openOutside(tools, url, asking)
  } catch (error) {
    if (error instanceof Unreachable) return undefined
    throw error
  }
}

async function openPicture(tools: Tools, url: string, signal: AbortSignal): Promise<Opened | undefined> {
  const opened = await open(tools, url, { accept: 'image/*', mostBytes: mostPictureBytes, signal })
  return opened?.whole ? opened : undefined
}

/** A small picture of it, in a format of ours: nothing that another site has sent comes to a reader as it is. */
async function keep(tools: Tools, id: string, { body }: Opened) {
  if (!isPicture(await typeOf(body.subarray(0, headBytes)))) return undefined
  try {
    const measured = await measure(tools, async () => body)
    if (!measured || measured.preview.length > mostKeptBytes) return undefined
    const { placeholder, preview } = measured
    const { width, height } = await new Image(preview).metadata()
    const key = makeFileKey()
    const sealed: Uint8Array[] = []
    for await (const piece of sealFile(key, id, once(preview))) sealed.push(Buffer.from(piece))
    return {
      image: { width, height, placeholder, key: key.toString('base64') },
      picture: Buffer.concat(sealed).toString('base64'),
    }
  } catch (error) {
    // Too many pixels, or too many pictures at once: the preview does without.
    if (error instanceof ChatError) return undefined
    throw error
  }
}
