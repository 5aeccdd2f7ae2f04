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
