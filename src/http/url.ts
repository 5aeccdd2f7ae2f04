import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox'
import { t } from 'elysia'

/**
 * A schema for a path or query. Everything in a URL is text, so integers are parsed from text. Unknown names are refused
 * there too.
 */
export function inUrl<Fields extends TProperties>(schema: TObject<Fields>): TObject<Fields> {
  const required = (schema.required ?? []) as string[]
  const fields = Object.entries(schema.properties as Record<string, TSchema>).map(([name, field]) => {
    if (field.type !== 'integer') return [name, field]
    const { minimum, maximum, description } = field as {
      minimum?: number
      maximum?: number
      description?: string
    }
    const read = t.Integer({
      ...(minimum === undefined ? {} : { minimum }),
      ...(maximum === undefined ? {} : { maximum }),
      ...(description === undefined ? {} : { description }),
    })
    return [name, required.includes(name) ? read : Type.Optional(read)]
  })
  return Type.Object(Object.fromEntries(fields), {
    additionalProperties: false,
  }) as unknown as TObject<Fields>
}
