import { readArguments } from './arguments.ts'
import { UsageError } from './command.ts'
import { findCommand } from './commands.ts'
import { helpFor } from './help.ts'
import { Interrupted } from './interrupt.ts'
import { jsonText, printOwn, tell } from './print.ts'
import { styleFor } from './style.ts'

/** Runs `parley <subcommand> …` and returns the exit code. */
export async function runCommandLine(words: string[]): Promise<number> {
  const [first] = words
  if (first === '--version' || first === '-v') return runCommandLine(['version', ...words.slice(1)])
  const end = words.indexOf('--')
  const beforeEnd = end < 0 ? words : words.slice(0, end)
  let help = 'parley help'
  let json = false
  try {
    const asked = helpAskedFor(beforeEnd)
    if (asked) {
      await printOwn(await helpFor(asked))
      return 0
    }
    const { names, command, rest } = await findCommand(words)
    help = `parley help ${names.join(' ')}`
    if ('actions' in command) {
      throw new UsageError(`Choose one of: ${Object.keys(command.actions).join(', ')}.`)
    }
    json = beforeEnd.includes('--json') && command.options?.json?.startsWith('<') === false
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

/** The command whose help is asked for; undefined if none is. */
function helpAskedFor(words: string[]): string[] | undefined {
  const [first, ...rest] = words
  if (first === undefined || first === 'help') return rest.filter((word) => !word.startsWith('-'))
  if (!words.some((word) => word === '--help' || word === '-h')) return undefined
  const names = words.findIndex((word) => word.startsWith('-'))
  return words.slice(0, names)
}

type Explanation = {
  code: string
  reason?: string
  params?: object
  lines: readonly string[]
  errors?: readonly object[]
}

/** On standard error, where it does not mix with the output. */
function explain({ lines, ...failure }: Explanation, json: boolean): void {
  if (json) return tell(jsonText({ ...failure, message: lines.join(' ') }))
  const { alarm } = styleFor(process.stderr)
  for (const line of lines) tell(line, `${alarm('parley:')} `)
}
