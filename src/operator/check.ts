import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { ChatError } from '../protocol/errors.ts'

/** The rules of the doors in the words of somebody who types. */
const rules: Record<string, string> = {
  '/username': '3 to 32 letters, digits, "_", "." or "-", the first a letter or digit',
  '/email': 'an address such as ada@example.org',
  '/name': '1 to 64 characters',
  '/id': '1 to 64 of a-z, 0-9, "_" and "-"',
  '/title': '1 to 100 characters',
  '/description': 'at most 1,000 characters',
  '/password': 'at most 1,024 characters',
}

/** What the doors refuse, the command line refuses too: path and rule, never the value. */
export function checkWords<Schema extends TSchema>(schema: Schema, words: unknown): Static<Schema> {
  const broken = new Map<string, string>()
  for (const { path, message } of Value.Errors(schema, words)) broken.set(path, rules[path] ?? message)
  if (broken.size === 0) return words as Static<Schema>
  const errors = [...broken].map(([path, message]) => ({ path, message }))
  throw new ChatError('invalid', undefined, { errors })
}
