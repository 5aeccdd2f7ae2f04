import { fileTypeFromBuffer } from 'file-type'

/** So much of the beginning says what a file is. */
export const headBytes = 16_384

export const unknownType = 'application/octet-stream'

/**
 * The media type of a file, by its first bytes: not by its name, and not by what a client says (decision 035). What is only text is
 * `text/plain`, unless it looks as if a browser would run it.
 */
export async function typeOf(head: Uint8Array): Promise<string> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  if (found) {
    // The type of a sound may have the codec behind it.
    const [type = unknownType] = found.mime.split(';')
    return type === 'application/xml' ? markupType(textOf(head) ?? '') : type
  }
  const text = textOf(head)
  if (text === undefined) return unknownType
  return /^\s*</.test(text) ? markupType(text) : 'text/plain'
}

/** By the first tag that says something: a picture may have a script too. */
function markupType(text: string): string {
  const [, tag] = /<(!doctype\s+html|html|head|body|script|iframe|svg|\?xml)\b/i.exec(text) ?? []
  return tag === undefined || /^(svg|\?xml)$/i.test(tag) ? 'application/xml' : 'text/html'
}

/** Undefined if it is not UTF-8, or has characters that no text has. The last character may be cut. */
function textOf(head: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** What a browser shows without running anything of it, in a sandbox. All else is saved. */
const shown = new Set([
  'image/jpeg',
  'image/png',
  'image/apng',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'application/pdf',
  'text/plain',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/flac',
  'audio/x-flac',
  'audio/aac',
  'audio/webm',
  'video/mp4',
  'video/x-m4v',
  'video/webm',
  'video/ogg',
  'video/quicktime',
])

export const isShown = (type: string): boolean => shown.has(type)

/** Pictures that we decode and every browser shows. */
const pictures = new Set(['image/jpeg', 'image/png', 'image/apng', 'image/gif', 'image/webp'])

export const isPicture = (type: string): boolean => pictures.has(type)

/** `image/*` or `application/pdf`, as the operator has written them. */
export const isAllowed = (type: string, allowed: readonly string[]): boolean =>
  allowed.length === 0 ||
  allowed.some((each) => (each.endsWith('/*') ? type.startsWith(each.slice(0, -1)) : type === each))
