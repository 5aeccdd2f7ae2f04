import pino from 'pino'
import { humanLine } from './log/line.ts'
import { redact, redactText } from './log/redact.ts'

type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

type LogFields = Readonly<Record<string, unknown>>

/**
 * A message is a fixed sentence. Everything that varies goes into the fields, where passwords, tokens and the texts of
 * people become "[redacted]". An error goes into a field, usually `error`.
 */
export type Log = {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log that adds these fields to every line. */
  child(fields: LogFields): Log
}

export type LogOptions = {
  level: LogLevel
  /** Short coloured lines instead of JSON; by default only if standard output is a terminal. */
  pretty?: boolean
  /** Where lines are written, each with its line break; by default standard output. */
  destination?: { write(line: string): void }
}

const reserved = new Set(['time', 'level', 'message'])

/** One JSON object a line: `time` (ISO), `level`, the fields, `message`. */
export function createLog(options: LogOptions): Log {
  // Write each line at once: a buffer would lose the most important lines when the process dies.
  const out = options.destination ?? pino.destination({ dest: 1, sync: true })
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY === true)
  const stream = pretty ? { write: (line: string) => void out.write(humanLine(line)) } : out
  const lines = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  )
  return over(lines)
}

function over(lines: pino.Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: LogFields): void => {
      if (lines.isLevelEnabled(level)) lines[level](fields ? clean(fields) : {}, redactText(message))
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => over(lines.child(clean(fields))),
  }
}

function clean(fields: LogFields): Record<string, unknown> {
  const cleaned = redact({ ...fields }) as Record<string, unknown>
  const names = Object.keys(cleaned)
  if (!names.some((name) => reserved.has(name))) return cleaned
  // Tools read JSON with a duplicate name in different ways.
  return Object.fromEntries(names.map((name) => [reserved.has(name) ? `${name}_` : name, cleaned[name]]))
}
