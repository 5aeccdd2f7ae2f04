import type { Family, Subcommand } from './command.ts'
import { commands, findCommand } from './commands.ts'
import { styleFor, widthOf, wrap } from './style.ts'

/** The help for the command that the words name, or for the whole program. */
export async function helpFor(words: readonly string[]): Promise<string[]> {
  if (words.length === 0) return helpForAll()
  const { names, summary, command } = await findCommand(words)
  return 'actions' in command ? helpForFamily(names, summary, command) : helpForOne(summary, command)
}

/** No taller than a small terminal. */
function helpForAll(): string[] {
  const { bold } = styleFor(process.stdout)
  return [
    `${bold('Parley')}, a self-hosted chat server`,
    `${bold('Usage')}: parley <command> …`,
    '',
    ...columns(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
    '',
    `${bold('Exit codes')}: 0 done, 1 failed, 2 wrong usage, 130 stopped with Ctrl-C`,
    'See parley help <command> for details, parley config for the settings.',
  ]
}

function helpForFamily(names: string[], summary: string, { actions }: Family): string[] {
  const name = names.join(' ')
  return [
    ...wrap(`${summary}.`, widthOf(process.stdout)),
    ...section(
      'Usage',
      Object.values(actions).flatMap(({ usage }) => usageLines(usage)),
    ),
    ...section('Commands', columns(Object.entries(actions).map(([action, each]) => [action, each.summary]))),
    '',
    `See parley help ${name} <command> for details.`,
  ]
}

function helpForOne(summary: string, { usage, about, options = {}, examples = [] }: Subcommand): string[] {
  return [
    ...wrap(`${summary}.`, widthOf(process.stdout)),
    ...(about === undefined ? [] : ['', ...wrap(about, widthOf(process.stdout))]),
    ...section('Usage', usageLines(usage)),
    ...section(
      'Options',
      columns(Object.entries(options).map(([name, meaning]) => optionRow(name, meaning))),
    ),
    ...section(
      'Examples',
      examples.map((example) => `  ${example}`),
    ),
  ]
}

/** Does not break a line within brackets. */
function usageLines(usage: string): string[] {
  return usage.split('\n').flatMap((line) => {
    const bound = line.trim().replace(/\[[^\]]*\]/g, (optional) => optional.replaceAll(' ', noBreakSpace))
    const lines = wrap(bound, widthOf(process.stdout) - 2, '    ')
    return lines.map((each) => `  ${each.replaceAll(noBreakSpace, ' ')}`)
  })
}

const noBreakSpace = '\u00a0'

function optionRow(name: string, meaning: string): [string, string] {
  const [, value, rest] = /^(<[^>]*>)?\s*(.*)$/s.exec(meaning)!
  return [`--${name}${value === undefined ? '' : ` ${value}`}`, rest!]
}

/** Names on the left, what they mean aligned on the right. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4
  const right = widthOf(process.stdout) - left
  return rows.flatMap(([name, meaning]) =>
    wrap(meaning, right).map((line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(left)}${line}`),
  )
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', `${styleFor(process.stdout).bold(title)}:`, ...lines]
}
