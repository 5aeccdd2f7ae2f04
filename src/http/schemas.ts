export type JsonSchema = { [keyword: string]: unknown }

type Options = {
  /** AsyncAPI 3 has JSON Schema’s `const` and `examples`; OpenAPI 3.0 has neither, but a discriminator. */
  isJsonSchema: boolean
}

/**
 * Turns TypeBox schemas into those of a published document: a schema with an `$id` appears once, under that name, and is
 * referred to; a union of constants becomes an `enum`; a union of named objects a `oneOf` with the field that tells them apart.
 */
export function createSchemas({ isJsonSchema }: Options) {
  const named: Record<string, JsonSchema> = {}

  function write(schema: unknown, isOpen: boolean): JsonSchema {
    const { $id, ...rest } = schema as JsonSchema & { $id?: string }
    if ($id === undefined) return plain(rest, isOpen)
    const written = { title: $id, ...plain(rest, isOpen) }
    if (named[$id] && JSON.stringify(named[$id]) !== JSON.stringify(written)) {
      throw new Error(`Two schemas are called ${$id}`)
    }
    named[$id] = written
    return { $ref: refOf($id) }
  }

  function plain(schema: JsonSchema, isOpen: boolean): JsonSchema {
    const constants = constantsOf(schema)
    if (constants) {
      const { anyOf: _, ...rest } = schema
      return { type: typeof constants[0], ...plain(rest, isOpen), enum: constants }
    }
    const tag = tagOf(schema)
    const written: JsonSchema = {}
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === 'patternProperties' && !isJsonSchema) {
        // OpenAPI 3.0 does not have it.
        written.additionalProperties = write(Object.values(value as JsonSchema)[0], isOpen)
      } else if (keyword === 'properties' || keyword === 'patternProperties') {
        written[keyword] = Object.fromEntries(
          Object.entries(value as JsonSchema).map(([name, field]) => [name, write(field, isOpen)]),
        )
      } else if (keyword === 'anyOf' || keyword === 'allOf' || keyword === 'oneOf') {
        const choices = (value as JsonSchema[]).filter((choice) => isJsonSchema || choice.type !== 'null')
        // OpenAPI 3.0 has no type of null, but a keyword.
        if (choices.length < (value as unknown[]).length) written.nullable = true
        const all = choices.map((choice) => write(choice, isOpen))
        if (written.nullable && all.length === 1 && !all[0]!.$ref) Object.assign(written, all[0])
        else written[tag ? 'oneOf' : keyword] = all
      } else if (keyword === 'items') written[keyword] = write(value, isOpen)
      else if (keyword === 'const' && !isJsonSchema) written.enum = [value]
      else if (keyword === 'examples' && !isJsonSchema) written.example = (value as unknown[])[0]
      else if (keyword !== 'additionalProperties' || !isOpen) written[keyword] = value
    }
    if (tag && !isJsonSchema) written.discriminator = tag
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

const refOf = (name: string): string => `#/components/schemas/${name}`

function constantsOf({ anyOf }: JsonSchema): unknown[] | undefined {
  if (!Array.isArray(anyOf) || anyOf.length === 0) return undefined
  const choices = anyOf as JsonSchema[]
  return choices.every((choice) => 'const' in choice) ? choices.map((choice) => choice.const) : undefined
}

/** The field whose constant says which of the named objects of a union it is, if there is one. */
function tagOf({ anyOf }: JsonSchema) {
  if (!Array.isArray(anyOf)) return undefined
  const choices = anyOf as { $id?: string; properties?: Record<string, JsonSchema> }[]
  const [first] = choices
  const propertyName = Object.keys(first?.properties ?? {}).find((field) =>
    choices.every(({ $id, properties }) => $id !== undefined && 'const' in (properties?.[field] ?? {})),
  )
  if (propertyName === undefined) return undefined
  const mapping = Object.fromEntries(
    choices.map(({ $id, properties }) => [String(properties![propertyName]!.const), refOf($id!)]),
  )
  return { propertyName, mapping }
}
