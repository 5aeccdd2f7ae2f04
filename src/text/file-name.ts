import { beginningOf } from './cut.ts'
import { shownName } from './names.ts'

const mostCharacters = 200
/** Most file systems take names of 255 bytes. */
const mostBytes = 240
const mostExtension = 16

/** Without these, on any system, or with an extension behind them, Windows opens a device. */
const devices = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[. ])/i

/**
 * The name of a file as every system takes it: the last part of a path, on one line, without characters that are invisible or change the
 * direction of writing, and no device of Windows. Whatever it was called, something is left.
 */
export function tidyFileName(written: string): string {
  const last = written.toWellFormed().split(/[/\\]/).at(-1)!
  const visible = shownName(last.slice(0, 4096).replace(/[\p{Cc}]/gu, '')).replace(/[<>:"|?*]/g, '_')
  const plain = visible.replace(/^\.+$/, '').replace(/[. ]+$/, '')
  if (plain === '') return 'file'
  const { stem, extension } = partsOf(plain.replace(devices, '_$1'))
  const room = mostCharacters - extension.length
  return shorter(beginningOf(stem, room), mostBytes - bytesOf(extension)) + extension
}

function partsOf(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || name.length - dot > mostExtension) return { stem: name, extension: '' }
  return { stem: name.slice(0, dot), extension: name.slice(dot) }
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

function shorter(text: string, most: number): string {
  let short = text
  while (bytesOf(short) > most) short = beginningOf(short, Math.floor((short.length * 7) / 8))
  return short
}
