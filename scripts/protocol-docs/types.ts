import type { JsonSchema } from '../../src/http/schemas.ts'
import { durableEvents } from '../../src/protocol/events.ts'

const durableNames = new Set(Object.values(durableEvents).map(({ $id }) => $id))

/** A schema in a few words, for a cell of a table. */
export function typeOf(schema: JsonSchema): string {
  const { $ref, type, items, properties, patternProperties, format } = schema
  const anyOf = schema.anyOf ?? schema.oneOf
  if (typeof $ref === 'string') return linkTo($ref.split('/').at(-1)!)
  if ('const' in schema) return code(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map(code).join(' · ')
  if (isChoiceOfEvents(anyOf)) return '[durable event](#durable-events)'
  if (Array.isArray(anyOf)) return [...new Set((anyOf as JsonSchema[]).map(typeOf))].join(' or ')
  if (type === 'array') return arrayOf(typeOf(items as JsonSchema), schema)
  if (patternProperties)
    return `by name: ${typeOf(Object.values(patternProperties as JsonSchema)[0] as JsonSchema)}`
  if (properties) return objectOf(schema)
  if (format === 'date-time') return 'time'
  if (type === 'string') return withRange('text', schema.minLength, schema.maxLength)
  if (type === 'integer') return withRange('integer', schema.minimum, schema.maximum)
  return typeof type === 'string' ? type : 'anything'
}

/** The reasons have their own chapter. */
export const linkTo = (name: string): string =>
  name === 'Reason' ? '[reason](#reasons)' : `[${name}](#${name.toLowerCase()})`

const code = (value: unknown): string => `\`${typeof value === 'string' ? `"${value}"` : value}\``

const isChoiceOfEvents = (anyOf: unknown): boolean =>
  Array.isArray(anyOf) &&
  (anyOf as JsonSchema[]).every(({ $ref }) => durableNames.has(String($ref).split('/').at(-1)!))

/** The names of the fields; a type only if it is explained elsewhere. */
function objectOf({ properties, required, minProperties }: JsonSchema): string {
  const fields = Object.entries(properties as JsonSchema).map(([name, field]) => {
    const optional = (required as string[] | undefined)?.includes(name) ? '' : '?'
    const type = typeOf(field as JsonSchema)
    return `\`${name}${optional}\`${type.includes('](#') ? ` ${type}` : ''}`
  })
  if (fields.length === 0) return '`{}`'
  return `{ ${fields.join(', ')} }${minProperties ? ', at least one' : ''}`
}

function arrayOf(item: string, { minItems, maxItems }: JsonSchema): string {
  return maxItems === undefined ? `list of ${item}` : `list (${minItems ?? 0}–${maxItems}) of ${item}`
}

function withRange(word: string, least: unknown, most: unknown): string {
  const bounded = most === undefined || most === Number.MAX_SAFE_INTEGER ? undefined : (most as number)
  if (bounded === undefined) return least === undefined ? word : `${word} ≥ ${least}`
  const upper = bounded.toLocaleString('en')
  return least === undefined ? `${word} ≤ ${upper}` : `${word} ${least}–${upper}`
}
