/** A payload is whatever a stranger sent: each field is read as what it should be, and a wrong type is nothing. */
export type Fields = Record<string, unknown>

export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Numbers and booleans as they are written. */
export const scalarIn = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : textIn(value)

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

export const firstText = (...values: unknown[]): string =>
  values.map(textIn).find((text) => text !== '') ?? ''
