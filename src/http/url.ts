import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox'
import { t } from 'elysia'

/** The schema of a path or query. In a URL everything is text, so its integers are parsed. Unknown names are refused. */
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
