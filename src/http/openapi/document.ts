import type { JsonSchema } from '../schemas.ts'

export type Parameter = {
  in: string
  name: string
  description?: string
  required?: boolean
  schema: JsonSchema
}
export type Content = Record<string, { schema: JsonSchema }>
export type Response = { description?: string; content?: Content }
export type Operation = {
  operationId: string
  summary?: string
  security?: unknown
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
