import { askPassword } from './ask.ts'
import { type Arguments, textOption, UsageError } from './command.ts'

const longest = 4096

/** What --password says. `-` keeps it out of the list of processes, which everybody on the machine can read. */
export async function passwordFrom(args: Arguments): Promise<string | undefined> {
  const given = textOption(args, 'password')
  if (given !== '-') return given
  const password = process.stdin.isTTY ? await askPassword() : await firstLine()
  if (password === '') throw new UsageError('Standard input holds no password.')
  return password
}

async function firstLine(): Promise<string> {
  const decoder = new TextDecoder()
  let read = ''
  for await (const bytes of Bun.stdin.stream()) {
    read += decoder.decode(bytes, { stream: true })
    if (read.includes('\n') || read.length > longest) break
  }
  return read.split(/\r?\n/, 1)[0]!
}
