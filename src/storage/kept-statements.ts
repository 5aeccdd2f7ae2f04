import type { Bytes } from './bytes.ts'
import { encoders } from './codecs.ts'
import { createMessages, letters, readMessages } from './wire.ts'

/** A statement that Postgres keeps under a name: parsing and planning most of them takes longer than running them. */
type Kept = { name: string; parameters: number[]; shape: Uint8Array; preparedAt: number }

const mostKept = 256
/** As many as a message can count. */
const mostValues = 65_535
/** A plan is made for tables of some size, and no background process of Postgres says here that they have grown. */
const mostAgeMs = 10_000

const isKept = /^\s*(select|insert|update|delete|with|begin|commit|rollback)\b/i
const changesTables = /^\s*(create|alter|drop|truncate|do)\b/i

/** Runs statements in one Postgres: `send` gives it a message, and adds what it replies to `out`. */
export function createStatements(send: (message: Uint8Array) => void, out: Bytes) {
  const messages = createMessages()
  const kept = new Map<string, Kept>()
  let names = 0
  let changed = false

  function exchange(): void {
    messages.sync()
    send(messages.take())
  }

  /** Closes it with the next exchange. */
  function forget(text: string, { name }: Kept): void {
    kept.delete(text)
    messages.close(name)
  }

  function forgetAll(): void {
    for (const [text, statement] of kept) forget(text, statement)
  }

  /** Undefined after an error, which is in `out`. */
  function prepare(text: string): Kept | undefined {
    const keep = isKept.test(text)
    const statement: Kept = {
      name: keep ? `kept_${++names}` : '',
      parameters: [],
      shape: new Uint8Array(),
      preparedAt: performance.now(),
    }
    const start = out.length
    messages.parse(statement.name, text)
    messages.describe(statement.name)
    exchange()
    const replies = out.from(start)
    let refused = false
    readMessages(replies, (letter, from, to) => {
      if (letter === letters.error) refused = true
      else if (letter === letters.shape) statement.shape = new Uint8Array(replies.subarray(from - 5, to))
      else if (letter === letters.parameters)
        for (let at = from + 2; at < to; at += 4) statement.parameters.push(replies.readInt32BE(at))
    })
    if (refused) return undefined
    out.cut(start)
    if (keep) {
      if (kept.size >= mostKept) forget(...(kept.entries().next().value as [string, Kept]))
      kept.set(text, statement)
    }
    return statement
  }

  function find(text: string): Kept | undefined {
    const found = kept.get(text)
    if (!found) return prepare(text)
    if (performance.now() - found.preparedAt < mostAgeMs) return found
    forget(text, found)
    return prepare(text)
  }

  return {
    run(text: string, values: readonly unknown[]): void {
      if (values.length > mostValues) throw new RangeError(`A statement takes at most ${mostValues} values.`)
      const statement = find(text)
      if (!statement) return
      const encoded = values.map((value, index) => encode(value, statement.parameters[index]))
      out.add(statement.shape)
      messages.bind(statement.name, encoded)
      messages.execute()
      exchange()
      if (!changesTables.test(text)) return
      changed = true
      forgetAll()
    },
    /** After the end of a transaction: its changes of tables may have been rolled back. */
    ended(): void {
      if (changed) forgetAll()
      changed = false
    },
  }
}

function encode(value: unknown, oid: number | undefined): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  return encoders[oid!]?.(value) ?? String(value)
}
