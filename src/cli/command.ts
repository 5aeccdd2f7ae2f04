/** A subcommand. `run` answers the exit code: 0 done, 1 failed, 2 asked for wrongly. */
export type Subcommand = {
  usage: string
  summary: string
  options?: Record<string, string>
  run(args: Arguments): Promise<number>
}

export type Arguments = { words: string[]; options: Record<string, string | true> }

/** Thrown when the words on the command line make no sense; the message says why. */
export class UsageError extends Error {}

/** `--name value`, `--name=value`, `--flag`; everything after `--` is a word. */
export function readArguments(words: string[], known: Record<string, string>): Arguments {
  const found: Arguments = { words: [], options: {} }
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      found.words.push(...queue)
      break
    }
    if (!word.startsWith('--')) {
      found.words.push(word)
      continue
    }
    const [name, inline] = splitOnce(word.slice(2))
    const usage = known[name]
    if (usage === undefined) throw new UsageError(`There is no option --${name}.`)
    const takesValue = usage.startsWith('<')
    if (!takesValue && inline !== undefined) throw new UsageError(`--${name} takes no value.`)
    const value = takesValue ? (inline ?? queue.shift()) : true
    if (value === undefined) throw new UsageError(`--${name} needs a value.`)
    found.options[name] = value
  }
  return found
}

function splitOnce(text: string): [string, string | undefined] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)]
}

export const textOption = ({ options }: Arguments, name: string): string | undefined =>
  typeof options[name] === 'string' ? options[name] : undefined
