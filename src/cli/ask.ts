import { ask, Declined } from '../tui/ask.ts'
import { UsageError } from './command.ts'
import { Interrupted } from './interrupt.ts'

/** Asks for a yes. A script must say --yes: there is nobody who could. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError('Without a terminal nobody can be asked: add --yes.')
  return /^y(es)?$/i.test((await answerTo(`${question} [y/N] `)).trim())
}

/** Nobody sees what they type, so a slip would shut somebody out. */
export async function askPassword(): Promise<string> {
  const password = await answerTo('New password: ', true)
  if (password !== (await answerTo('Once more: ', true))) throw new UsageError('The two are not the same.')
  return password
}

/** On standard error: standard output is for what scripts read. */
async function answerTo(question: string, hidden = false): Promise<string> {
  try {
    return await ask({ input: process.stdin, output: process.stderr }, question, hidden)
  } catch (error) {
    if (error instanceof Declined) throw new Interrupted('SIGINT')
    throw error
  }
}
