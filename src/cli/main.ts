import { readArguments } from './arguments.ts'
import { UsageError } from './command.ts'
import { findCommand } from './commands.ts'
import { helpFor } from './help.ts'
import { Interrupted } from './interrupt.ts'
import { print } from './print.ts'
import { styleFor } from './style.ts'

/** Runs `parley <subcommand> …` and answers the exit code. */
export async function runCommandLine(words: string[]): Promise<number> {
  const [first] = words
  if (first === '--version' || first === '-v') return runCommandLine(['version', ...words.slice(1)])
  const end = words.indexOf('--')
  const heard = end < 0 ? words : words.slice(0, end)
  let help = 'parley help'
  let json = false
  try {
    const asked = helpAskedFor(heard)
    if (asked) {
      await print(await helpFor(asked))
      return 0
    }
    const { names, command, rest } = await findCommand(words)
    help = `parley help ${names.join(' ')}`
    if ('actions' in command) {
      throw new UsageError(`Say what to do: ${Object.keys(command.actions).join(', ')}.`)
    }
    json = heard.includes('--json') && command.options?.json?.startsWith('<') === false
    return await command.run(readArguments(rest, command))
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode
    if (error instanceof UsageError) {
      explain({ code: 'usage', lines: [`${error.message} See: ${error.help ?? help}`] }, json)
      return 2
    }
    const { failureOf } = await import('./failure.ts')
    explain(failureOf(error), json)
    return 1
  }
}

/** The words whose help is wanted; undefined when none is. */
function helpAskedFor(words: string[]): string[] | undefined {
  const [first, ...rest] = words
  if (first === undefined || first === 'help') return rest.filter((word) => !word.startsWith('-'))
  if (!words.some((word) => word === '--help' || word === '-h')) return undefined
  const names = words.findIndex((word) => word.startsWith('-'))
  return words.slice(0, names)
}

type Explained = {
  code: string
  reason?: string
  params?: object
  lines: readonly string[]
  errors?: readonly object[]
}

/** On standard error, where it does not mix with the output. */
function explain({ lines, ...failure }: Explained, json: boolean): void {
  const { alarm } = styleFor(process.stderr)
  const text = json
    ? JSON.stringify({ ...failure, message: lines.join(' ') })
    : lines.map((line) => `${alarm('parley:')} ${line}`).join('\n')
  process.stderr.write(`${text}\n`)
}
