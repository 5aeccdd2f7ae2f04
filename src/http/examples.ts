import type { JsonSchema } from './schemas.ts'

/**
 * A value of a schema: its own example, or one made of those of its fields. An optional field is in it if it has an example.
 * The last example of an object is how it looks in a list: without a secret that only its creation shows.
 */
export function exampleOf(schema: unknown, isListed = false): unknown {
  const { examples, anyOf, type, items, properties, required = [] } = schema as Fields
  if (examples) return isListed ? examples.at(-1) : examples[0]
  if ('const' in (schema as JsonSchema)) return (schema as JsonSchema).const
  if (anyOf) return exampleOf(anyOf[0], isListed)
  if (type === 'array') return [exampleOf(items, true)]
  if (type === 'boolean') return true
  if (!properties) throw new Error(`No example: ${JSON.stringify(schema)}`)
  const shown = Object.entries(properties).filter(
    ([name, field]) => required.includes(name) || field.examples !== undefined,
  )
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field)]))
}

type Fields = {
  examples?: unknown[]
  anyOf?: unknown[]
  type?: string
  items?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
}
