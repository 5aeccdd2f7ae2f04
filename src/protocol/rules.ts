import type { FieldError } from './errors.ts'

/** As TypeBox tells of a field that is not what its schema asks for; in Elysia's list stand other things besides. */
type Complaint = {
  path?: string
  message?: unknown
  schema?: { pattern?: string; description?: string }
}

/** At most ten, with the path and the rule; never the value, which may be a password. */
export function fieldErrors(complaints: Iterable<Complaint>): FieldError[] {
  const found = new Map<string, string>()
  for (const each of complaints) {
    if (each.path === undefined || found.size >= 10) continue
    const path = each.path || '/'
    if (!found.has(path)) found.set(path, ruleOf(each))
  }
  return [...found].map(([path, message]) => ({ path, message }))
}

const length = /^Expected string length (less|greater) or equal to (\d+)$/

/** A pattern says little to people; the description beside it says what is allowed. */
function ruleOf({ message, schema }: Complaint): string {
  const said = String(message ?? 'is wrong')
  if (said.startsWith('Expected string to match') && schema?.description) return schema.description
  const [, side, count] = length.exec(said) ?? []
  if (side === 'less') return `at most ${count} characters`
  if (side === 'greater') return count === '1' ? 'must not be empty' : `at least ${count} characters`
  return said.slice(0, 200)
}
