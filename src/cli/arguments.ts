import { parseArgs } from 'node:util'
import { type Arguments, type Subcommand, UsageError } from './command.ts'
import { didYouMean } from './nearest.ts'

const takesValue = (meaning: string): boolean => meaning.startsWith('<')

/** `--name value`, `--name=value`, `--flag`; everything after `--` is an operand, and so is a single `-`. */
export function readArguments(words: string[], { options = {}, operands = [] }: Subcommand): Arguments {
  const types = Object.entries(options).map(([name, meaning]) => [
    name,
    { type: takesValue(meaning) ? ('string' as const) : ('boolean' as const) },
  ])
  // Not strict: its errors are for programmers, and ours suggest what the person probably meant.
  const { tokens } = parseArgs({
    args: words,
    options: Object.fromEntries(types),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const found: Arguments = { words: [], options: {} }
  for (const token of tokens) {
    if (token.kind === 'positional') found.words.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue, index } = token
    const meaning = rawName.startsWith('--') && Object.hasOwn(options, name) ? options[name] : undefined
    if (meaning === undefined) throw unknownOption(words[index]!, Object.keys(options))
    found.options[name] = readValue(name, meaning, value, inlineValue)
  }
  checkOperands(found.words, operands)
  return found
}

function readValue(name: string, meaning: string, value?: string, isInline?: boolean): string | true {
  if (!takesValue(meaning)) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value.`)
    return true
  }
  // A value that begins with -- is almost always the next option: the value was left out.
  if (value === undefined || (!isInline && value.startsWith('--')))
    throw new UsageError(`--${name} needs a value.`)
  return value
}

function checkOperands(words: readonly string[], operands: readonly string[]): void {
  const needed = operands.filter((operand) => !operand.startsWith('['))
  if (words.length < needed.length) throw new UsageError(`${needed[words.length]} is missing.`)
  if (words.length > operands.length && !operands.at(-1)?.includes('…')) {
    throw new UsageError(`Unexpected argument "${words[operands.length]}".`)
  }
}

function unknownOption(word: string, options: string[]): UsageError {
  const name = word.replace(/=.*$/s, '')
  const names = options.map((option) => `--${option}`)
  return new UsageError(`There is no option ${name}.${didYouMean(name, names)}`)
}
