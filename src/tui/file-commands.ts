import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { File } from '../protocol/files.ts'
import type { Message } from '../protocol/messages.ts'
import { tidyFileName } from '../text/file-name.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { sizeOf } from './file-lines.ts'

const uploadUsage = 'Usage: /upload <path>'
const saveUsage = 'Usage: /save [#n] [which]'
/** The progress of a larger file is shown. */
const longBytes = 5_000_000

/** Sends one file, with no text. */
async function upload({ client, room, notice }: CommandContext, args: string): Promise<void> {
  const here = room()
  if (!here) throw new UsageError('You are not in a room. See /rooms, then /join one.')
  if (!args) throw new UsageError(uploadUsage)
  const path = pathOf(args)
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new UsageError(`There is no file ${path}.`)
  if (!found.isFile()) throw new UsageError(`${path} is no file. Pack a folder into a zip file to send it.`)
  const most = client.state.limits?.file_bytes ?? Number.POSITIVE_INFINITY
  if (found.size > most)
    throw new UsageError(`${basename(path)} is too large: this server takes files of up to ${sizeOf(most)}.`)
  const name = basename(path)
  const isLong = found.size > longBytes
  notice([`Uploading ${name}, ${sizeOf(found.size)} …`])
  let shown = 0
  const file = await client.room(here.id).upload(Bun.file(path), {
    name,
    ...(isLong && {
      onProgress(sent: number, total: number) {
        const quarter = Math.floor((4 * sent) / total)
        if (quarter > shown && quarter < 4) notice([`${name}: ${25 * quarter} %`])
        shown = quarter
      },
    }),
  })
  void client.room(here.id).send('', { files: [file] })
}

/** As a shell or a file manager writes it. */
function pathOf(written: string): string {
  const [, quoted] = /^(?:"(.*)"|'(.*)')$/.exec(written)?.filter((each) => each !== undefined) ?? []
  const path = quoted ?? written.replace(/\\ /g, ' ')
  return resolve(path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path)
}

/** Saves the files of a message, or one of them, in the directory in which the program was started. */
async function save({ client, room, notice }: CommandContext, args: string): Promise<void> {
  const here = room()
  if (!here) throw new UsageError('You are not in a room. See /rooms, then /join one.')
  const [matched, number, which] = /^(?:#?(\d{1,15}))?(?:\s+(\d{1,2}))?$/.exec(args) ?? []
  if (matched === undefined) throw new UsageError(saveUsage)
  const seq = number === undefined ? lastWithFiles(here.messages) : Number(number)
  if (seq === undefined) throw new UsageError(`There are no files here. ${saveUsage}`)
  const message = await client.rest('GET /rooms/:room/messages/:seq', { params: { room: here.id, seq } })
  const files = message.files ?? []
  const wanted = which === undefined ? files : files.slice(Number(which) - 1, Number(which))
  if (wanted.length === 0) throw new UsageError(`#${seq} has no such file. ${saveUsage}`)
  for (const file of wanted) {
    const response = await client.downloadFile(file.id)
    notice([`Saved ${await keep(response.body!, file)}, ${sizeOf(file.bytes)}.`])
  }
}

const lastWithFiles = (messages: readonly Message[]): number | undefined =>
  messages.findLast(({ files, deleted_at }) => files?.length && !deleted_at)?.seq

/**
 * Under its own name, never over another file. The name comes from somebody else: without the dots at its beginning it cannot become a
 * setting of a program.
 */
async function keep(body: ReadableStream<Uint8Array>, { name }: Pick<File, 'name'>): Promise<string> {
  const tidy = tidyFileName(tidyFileName(name).replace(/^[.\s]+/, ''))
  const dot = tidy.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [tidy.slice(0, dot), tidy.slice(dot)] : [tidy, '']
  for (let copy = 1; ; copy++) {
    const path = resolve(copy === 1 ? tidy : `${stem} (${copy})${ending}`)
    const to = createWriteStream(path, { flags: 'wx' })
    const opened = await new Promise<boolean>((yes, no) => {
      to.once('open', () => yes(true))
      to.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? yes(false) : no(error)))
    }).catch((error) => {
      throw new UsageError(`${path} cannot be written: ${(error as Error).message}`)
    })
    if (!opened) continue
    try {
      await pipeline(Readable.fromWeb(body as never), to)
      return path
    } catch (error) {
      await rm(path, { force: true })
      throw new UsageError(`${path} could not be saved: ${(error as Error).message}`)
    }
  }
}

/** In one line of the help, which has to fit on a small screen. */
const inHelp = { usage: '/upload /save [#n]', meaning: 'send a file; save the files of #n' }

export const fileCommands = { upload: { ...inHelp, run: upload }, save: { ...inHelp, run: save } }
