import { previewSizes } from '../../protocol/file-numbers.ts'
import type { File } from '../../protocol/files.ts'
import { say } from '../language/say.ts'

export type Kind = 'picture' | 'video' | 'sound' | 'other'

export type Picture = File & { width: number; height: number }

export const isPicture = (file: File): file is Picture =>
  file.width !== undefined && file.height !== undefined

/** How a file is shown. A film or a sound that this browser cannot play is a file like others. */
export function kindOf(file: File): Kind {
  if (isPicture(file)) return 'picture'
  const [kind] = file.type.split('/')
  if (kind !== 'video' && kind !== 'audio') return 'other'
  if (!plays(kind, file.type)) return 'other'
  return kind === 'video' ? 'video' : 'sound'
}

const played = new Map<string, boolean>()

function plays(kind: 'video' | 'audio', type: string): boolean {
  const known = played.get(type) ?? document.createElement(kind).canPlayType(type) !== ''
  played.set(type, known)
  return known
}

const known: { readonly [type: string]: string } = {
  'application/x-7z-compressed': '7Z',
  'application/gzip': 'GZ',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PPTX',
  'application/vnd.oasis.opendocument.text': 'ODT',
  'application/vnd.oasis.opendocument.spreadsheet': 'ODS',
  'application/vnd.oasis.opendocument.presentation': 'ODP',
  'application/x-msdownload': 'EXE',
  'text/plain': 'TXT',
  'audio/mpeg': 'MP3',
  'video/quicktime': 'MOV',
}

/** What a file is, by its bytes and not by its name: `PDF`, `ZIP`. */
export function typeName(type: string): string {
  const word = (known[type] ?? type.split('/')[1] ?? '').replace(/^x-/, '').split(/[+.;]/)[0]!
  return word !== '' && word.length <= 5 ? word.toUpperCase() : say('files.unknown')
}

/** Those that may move: the preview stands still, so the viewer shows the file itself. */
export const mayMove = ({ type }: File): boolean => ['image/gif', 'image/apng', 'image/webp'].includes(type)

export const addressOfFile = (id: string): string => `/files/${encodeURIComponent(id)}`

const previewOf = (id: string, size: number): string => `${addressOfFile(id)}/preview?size=${size}`

/** The preview whose longer side has at least so many pixels. */
export const addressOfPreview = (id: string, atLeast: number): string =>
  previewOf(id, previewSizes.find((size) => size >= atLeast) ?? previewSizes.at(-1)!)

/** The previews, by their width: a preview has its size on the longer side. */
export const previewsOf = ({ id, width, height }: Picture): string =>
  previewSizes
    .map((size) => `${previewOf(id, size)} ${Math.max(1, Math.round(size * Math.min(1, width / height)))}w`)
    .join(', ')

/** In CSS pixels: as large as it fits into the box, and never larger than it is. */
export function fitted({ width, height }: Picture, box: { width: number; height: number }) {
  const scale = Math.min(1, box.width / width, box.height / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
