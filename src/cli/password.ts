import { askPassword } from './ask.ts'
import { type Arguments, textOption, UsageError } from './command.ts'

const maxCharacters = 4096

/** The value of --password. `-` reads it from standard input, because every user can read the list of processes. */
export async function passwordFrom(args: Arguments): Promise<string | undefined> {
  const given = textOption(args, 'password')
  if (given !== '-') return given
  const password = process.stdin.isTTY ? await askPassword() : await firstLine()
  if (password === '') throw new UsageError('Standard input has no password.')
  return password
}

async function firstLine(): Promise<string> {
  const decoder = new TextDecoder()
  let read = ''
  for await (const bytes of Bun.stdin.stream()) {
    read += decoder.decode(bytes, { stream: true })
    if (read.includes('\n') || read.length > maxCharacters) break
  }
  return read.split(/\r?\n/, 1)[0]!
}
