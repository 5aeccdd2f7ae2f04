export type JsonSchema = { [keyword: string]: unknown }

type Options = {
  /** OpenAPI 3.0 knows no `const`; AsyncAPI 3 does. */
  hasConst: boolean
}

/**
 * Makes TypeBox schemas fit to be written down: what has an `$id` is kept once, under its name, and referred to; a
 * choice of constants becomes one `enum`.
 */
export function createSchemas({ hasConst }: Options) {
  const named: Record<string, JsonSchema> = {}

  function write(schema: unknown): JsonSchema {
    const { $id, ...rest } = schema as JsonSchema & { $id?: string }
    const written = plain(rest)
    if ($id === undefined) return written
    if (named[$id] && JSON.stringify(named[$id]) !== JSON.stringify(written)) {
      throw new Error(`Two schemas are called ${$id}`)
    }
    named[$id] = written
    return { $ref: `#/components/schemas/${$id}` }
  }

  function plain(schema: JsonSchema): JsonSchema {
    const constants = constantsOf(schema)
    if (constants) {
      const { anyOf: _, ...rest } = schema
      return { type: typeof constants[0], ...rest, enum: constants }
    }
    const written: JsonSchema = {}
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === 'properties' || keyword === 'patternProperties') written[keyword] = writeAll(value)
      else if (keyword === 'const' && !hasConst) written.enum = [value]
      else if (keyword === 'anyOf' || keyword === 'allOf' || keyword === 'oneOf') {
        written[keyword] = (value as unknown[]).map(write)
      } else if (keyword === 'items') written[keyword] = write(value)
      else written[keyword] = value
    }
    return written
  }

  const writeAll = (fields: unknown) =>
    Object.fromEntries(Object.entries(fields as JsonSchema).map(([name, field]) => [name, write(field)]))

  return { write, named }
}

function constantsOf({ anyOf }: JsonSchema): unknown[] | undefined {
  if (!Array.isArray(anyOf) || anyOf.length === 0) return undefined
  const choices = anyOf as JsonSchema[]
  return choices.every((choice) => 'const' in choice) ? choices.map((choice) => choice.const) : undefined
}
