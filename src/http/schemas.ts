export type JsonSchema = { [keyword: string]: unknown }

type Options = {
  /** AsyncAPI 3 has `const`; OpenAPI 3.0 does not. */
  hasConst: boolean
}

/**
 * Turns TypeBox schemas into those of a published document: a schema with an `$id` appears once, under that name, and is
 * referred to; a union of constants becomes an `enum`.
 */
export function createSchemas({ hasConst }: Options) {
  const named: Record<string, JsonSchema> = {}

  function write(schema: unknown, isOpen: boolean): JsonSchema {
    const { $id, ...rest } = schema as JsonSchema & { $id?: string }
    if ($id === undefined) return plain(rest, isOpen)
    const written = plain(rest, true)
    if (named[$id] && JSON.stringify(named[$id]) !== JSON.stringify(written)) {
      throw new Error(`Two schemas are called ${$id}`)
    }
    named[$id] = written
    return { $ref: `#/components/schemas/${$id}` }
  }

  function plain(schema: JsonSchema, isOpen: boolean): JsonSchema {
    const constants = constantsOf(schema)
    if (constants) {
      const { anyOf: _, ...rest } = schema
      return { type: typeof constants[0], ...rest, enum: constants }
    }
    const written: JsonSchema = {}
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === 'patternProperties' && !hasConst) {
        // OpenAPI 3.0 does not have it.
        written.additionalProperties = write(Object.values(value as JsonSchema)[0], isOpen)
      } else if (keyword === 'properties' || keyword === 'patternProperties') {
        written[keyword] = Object.fromEntries(
          Object.entries(value as JsonSchema).map(([name, field]) => [name, write(field, isOpen)]),
        )
      } else if (keyword === 'anyOf' || keyword === 'allOf' || keyword === 'oneOf') {
        written[keyword] = (value as unknown[]).map((choice) => write(choice, isOpen))
      } else if (keyword === 'items') written[keyword] = write(value, isOpen)
      else if (keyword === 'const' && !hasConst) written.enum = [value]
      else if (keyword !== 'additionalProperties' || !isOpen) written[keyword] = value
    }
    return written
  }

  return {
    /** What the server receives. It refuses unknown fields. */
    received: (schema: unknown) => write(schema, false),
    /**
     * What the server sends. It may have more fields one day, so `additionalProperties: false` is left out. Elysia adds that
     * to the schema of a response when it first compiles the route.
     */
    sent: (schema: unknown) => write(schema, true),
    named,
  }
}

function constantsOf({ anyOf }: JsonSchema): unknown[] | undefined {
  if (!Array.isArray(anyOf) || anyOf.length === 0) return undefined
  const choices = anyOf as JsonSchema[]
  return choices.every((choice) => 'const' in choice) ? choices.map((choice) => choice.const) : undefined
}
