import { ChatError } from '../../protocol/errors.ts'

/**
 * Reads the body of a webhook: JSON, a form with JSON in its field `payload`, other fields of a form, or a plain text. What
 * begins with a brace is JSON whatever its content type says, because scripts send any.
 */
export function parsePayload(body: string, contentType: string): unknown {
  const text = body.trim()
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
  if (/^[{["]/.test(text) || type === 'application/json') {
    const value = parse(text)
    if (value !== undefined) return value
  }
  if (text === '' || text.startsWith('{')) throw new ChatError('not_a_payload')
  const form = new URLSearchParams(text)
  const isForm = type === 'application/x-www-form-urlencoded'
  if (text.startsWith('payload=') || (isForm && form.has('payload'))) {
    const value = parse(form.get('payload')!)
    if (value === undefined) throw new ChatError('not_a_payload')
    return value
  }
  if (isForm && text.includes('=')) return Object.fromEntries(form)
  // `curl -d "Backup done"` calls its text a form, and Python sends a text without a type.
  if (isForm || ['', 'text/plain', 'text/markdown'].includes(type)) return text
  throw new ChatError('not_a_payload')
}

/** `undefined` is no value of JSON. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
