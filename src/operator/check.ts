import type { StaticDecode, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { invalidFields } from '../protocol/errors.ts'
import { fieldErrors } from '../protocol/field-errors.ts'

/** Checks what was typed against the schemas of the API. The errors say which field and why, never the value. Names come back as they are stored. */
export function checkParams<Schema extends TSchema>(schema: Schema, params: unknown): StaticDecode<Schema> {
  const errors = fieldErrors(Value.Errors(schema, params))
  if (errors.length > 0) throw invalidFields(errors)
  return Value.Decode(schema, params)
}
