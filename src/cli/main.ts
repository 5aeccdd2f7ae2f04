import { DrizzleQueryError } from 'drizzle-orm'
import { ConfigError } from '../config.ts'
import { ChatError } from '../protocol/errors.ts'
import { bench } from './bench.ts'
import { chat } from './chat.ts'
import { readArguments, type Subcommand, UsageError } from './command.ts'
import { serve } from './serve.ts'
import { config, migrateCommand, seed, token, version } from './small.ts'
import { user } from './user.ts'

const subcommands: Record<string, Subcommand> = {
  serve,
  chat,
  bench,
  user,
  token,
  seed,
  migrate: migrateCommand,
  config,
  version,
}

/** Runs `parley <subcommand> …` and answers the exit code. */
export async function runCommandLine(words: string[]): Promise<number> {
  const [name, ...rest] = words
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return help(rest[0])
  if (name === '--version' || name === '-v') return version.run({ words: [], options: {} })
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (!subcommand) return complain(`There is no command "${name}".`, 'parley help')
  if (rest.includes('--help') || rest.includes('-h')) return help(name)
  try {
    return await subcommand.run(readArguments(rest, subcommand.options ?? {}))
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, `parley help ${name}`)
    if (error instanceof ConfigError) return fail(error.problems)
    if (error instanceof ChatError)
      return fail([error.message, ...(error.detail.errors ?? []).map(({ message }) => message)])
    return fail([reasonOf(error)])
  }
}

function help(name: string | undefined): number {
  const chosen = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (chosen) {
    const options = Object.entries(chosen.options ?? {}).map(
      ([option, meaning]) => `  --${option.padEnd(12)} ${meaning}`,
    )
    print([chosen.summary, '', `Usage: ${chosen.usage}`, ...(options.length > 0 ? ['', ...options] : [])])
    return 0
  }
  const list = Object.entries(subcommands).map(([each, { summary }]) => `  ${each.padEnd(10)} ${summary}`)
  print([
    'Parley, a self-hosted chat server',
    '',
    'Usage: parley <command> …',
    '',
    ...list,
    '',
    'parley help <command> says more.',
  ])
  return 0
}

function complain(problem: string, hint: string): number {
  process.stderr.write(`parley: ${problem} See: ${hint}\n`)
  return 2
}

function fail(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`parley: ${problem}\n`)
  return 1
}

const print = (lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`)

/** The database's own words: Drizzle's around them would show the statement and its parameters. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof DrizzleQueryError && error.cause ? reasonOf(error.cause) : error.message
}
