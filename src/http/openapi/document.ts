import type { JsonSchema } from '../schemas.ts'

export type Parameter = {
  in: string
  name: string
  description?: string
  required?: boolean
  schema: JsonSchema
  example?: unknown
  /** As the plugin writes it: the list of JSON Schema. */
  examples?: unknown[]
}
type Examples = { example?: unknown; examples?: Record<string, { value: unknown }> }
export type Content = Record<string, { schema: JsonSchema } & Examples>
export type Header = { description: string; schema: JsonSchema }
export type Response = { description?: string; headers?: Record<string, Header>; content?: Content }
export type Operation = {
  operationId: string
  summary?: string
  description?: string
  security?: unknown[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses?: Record<string, Response>
  tags?: string[]
}
export type Document = {
  openapi: string
  tags?: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  'x-reasons'?: unknown
  components?: { schemas?: Record<string, unknown>; securitySchemes?: Record<string, unknown> }
}
