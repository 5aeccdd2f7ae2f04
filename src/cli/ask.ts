import { ask, Declined } from '../tui/ask.ts'
import { UsageError } from './command.ts'
import { Interrupted } from './interrupt.ts'

/** Asks for a yes. A script must pass --yes, because no person is there to answer. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError('There is no terminal to ask on: add --yes.')
  return /^y(es)?$/i.test((await promptFor(`${question} [y/N] `)).trim())
}

/** Asks twice: the typed text is hidden, and a typing mistake would lock the person out. */
export async function askPassword(): Promise<string> {
  const password = await promptFor('New password: ', true)
  if (password !== (await promptFor('Repeat the password: ', true)))
    throw new UsageError('The passwords do not match.')
  return password
}

/** Prompts on standard error, because scripts read standard output. */
async function promptFor(question: string, hidden = false): Promise<string> {
  try {
    return await ask({ input: process.stdin, output: process.stderr }, question, hidden)
  } catch (error) {
    if (error instanceof Declined) throw new Interrupted('SIGINT')
    throw error
  }
}
