import { isInstant } from '../text/instant.ts'

/** A subcommand. `run` returns the exit code: 0 done, 1 failed, 2 wrong usage. */
export type Subcommand = {
  /** How to type it, one line for each form. */
  usage: string
  /** What else the help says, after the summary. */
  about?: string
  /** The words that follow: `<username>` is required, `[<file>]` optional, `<username>…` repeatable. None by default. */
  operands?: readonly string[]
  /** By name. If the meaning begins with `<something>`, the option takes a value. */
  options?: Record<string, string>
  examples?: readonly string[]
  run(args: Arguments): Promise<number>
}

/** Subcommands under one name: `parley user create`. */
export type Family = { actions: Record<string, Subcommand & { summary: string }> }

export type Arguments = { words: string[]; options: Record<string, string | true> }

/** Wrong usage of the command line: the message says why, `help` says which help to read. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly help?: string,
  ) {
    super(message)
  }
}

export const forScripts = 'print one JSON document, for scripts'

export const textOption = ({ options }: Arguments, name: string): string | undefined =>
  typeof options[name] === 'string' ? options[name] : undefined

/** The named options that were given. */
export function textOptions<const Name extends string>(
  args: Arguments,
  ...names: Name[]
): Partial<Record<Name, string>> {
  const given = names.map((name) => [name, textOption(args, name)]).filter(([, text]) => text !== undefined)
  return Object.fromEntries(given)
}

const hourMs = 3_600_000
const spansMs: Record<string, number> = { h: hourMs, d: 24 * hourMs }

/** The value of an option that is a time, as ISO 8601 in UTC: a number of hours or days from now, a day, or a day with a time. */
export function timeOption(args: Arguments, name: string): string | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,6})([hd])$/.exec(text) ?? []
  const at = unit
    ? Date.now() + Number(count) * spansMs[unit]!
    : isInstant(text)
      ? Date.parse(text)
      : Number.NaN
  if (Number.isNaN(at)) throw new UsageError(`--${name} must be a time such as 7d or 2026-12-24T18:00:00Z.`)
  return new Date(at).toISOString()
}

/** The value of an option that accepts only these choices. */
export function choiceOption<const Choice extends string>(
  args: Arguments,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(args, name)
  return text === undefined ? undefined : chosen(`--${name}`, text, choices)
}

export function chosen<const Choice extends string>(
  what: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((each) => each === text)
  if (choice !== undefined) return choice
  const either = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
  throw new UsageError(`${what} must be ${either}, not "${text}".`)
}
