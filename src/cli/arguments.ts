import { type Arguments, type Subcommand, UsageError } from './command.ts'
import { didYouMean } from './nearest.ts'

/** `--name value`, `--name=value`, `--flag`; everything after `--` is a word, and so is a single `-`. */
export function readArguments(words: string[], { options = {}, operands = [] }: Subcommand): Arguments {
  const found: Arguments = { words: [], options: {} }
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      found.words.push(...queue)
      break
    }
    if (!word.startsWith('-') || word === '-') {
      found.words.push(word)
      continue
    }
    const [name, inline] = splitOnce(word.replace(/^--?/, ''))
    const meaning = word.startsWith('--') && Object.hasOwn(options, name) ? options[name] : undefined
    if (meaning === undefined) throw unknownOption(word, Object.keys(options))
    found.options[name] = readValue(name, meaning, inline, queue)
  }
  checkOperands(found.words, operands)
  return found
}

function readValue(
  name: string,
  meaning: string,
  inline: string | undefined,
  queue: string[],
): string | true {
  const takesValue = meaning.startsWith('<')
  if (!takesValue && inline !== undefined) throw new UsageError(`--${name} takes no value.`)
  if (!takesValue) return true
  if (inline !== undefined) return inline
  const next = queue[0]
  // The next option instead of a value is a slip far more often than a value that begins like one.
  if (next === undefined || next.startsWith('--')) throw new UsageError(`--${name} needs a value.`)
  return queue.shift()!
}

function checkOperands(words: readonly string[], operands: readonly string[]): void {
  const needed = operands.filter((operand) => !operand.startsWith('['))
  if (words.length < needed.length) throw new UsageError(`${needed[words.length]} is missing.`)
  if (words.length > operands.length && !operands.at(-1)?.includes('…')) {
    throw new UsageError(`"${words[operands.length]}" is a word too many.`)
  }
}

function unknownOption(word: string, options: string[]): UsageError {
  const [name] = splitOnce(word)
  return new UsageError(
    `There is no option ${name}.${didYouMean(
      name,
      options.map((option) => `--${option}`),
    )}`,
  )
}

function splitOnce(text: string): [string, string | undefined] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)]
}
