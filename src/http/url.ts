import type { TObject } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { invalidField, invalidFields } from '../protocol/errors.ts'
import { fieldErrors } from '../protocol/field-errors.ts'

type Values = Record<string, unknown>

/**
 * Reads the values of a path or query by their schema, before Elysia does, which takes `0x10` and a blank for numbers, does
 * not say which number is wrong, and takes the last of several values. In a URL everything is text: an integer is written
 * in decimal digits.
 */
export function urlReader(schema: TObject): (given: Values) => Values {
  const integers = Object.keys(schema.properties).filter(
    (name) => schema.properties[name]!.type === 'integer',
  )
  let check: TypeCheck<TObject> | undefined

  return (given) => {
    const values = { ...given }
    for (const name of integers) {
      const text = values[name]
      if (typeof text === 'string' && /^\d+$/.test(text)) values[name] = Number(text)
    }
    // Compiled on first use, to keep startup fast.
    check ??= TypeCompiler.Compile(schema)
    if (!check.Check(values)) throw invalidFields(fieldErrors(check.Errors(values)))
    return values
  }
}

/** Refuses a name of the schema that is twice in the query: a proxy may have checked the other one. */
export function refuseRepeated({ url }: Request, schema: TObject): void {
  const start = url.indexOf('?')
  if (start < 0) return
  const given = new URLSearchParams(url.slice(start + 1))
  for (const name of Object.keys(schema.properties)) {
    if (given.getAll(name).length > 1) throw invalidField(`/${name}`, 'repeated_field')
  }
}
