/** Valid bodies are nested only a few levels deep. */
const mostDepth = 32

/** What a body reads as that cannot be used. A list that is not empty breaks every schema, also of what may be left out. */
export const unreadable: readonly unknown[] = Object.freeze(['unreadable'])

/**
 * Corrects how Elysia reads JSON, by wrapping `request.json()`, because a hook would read the bodies of all routes.
 * - Its validation error prints the body. That takes seconds or overflows the stack if the body is nested thousands deep,
 *   and throws if an object has a `toString` that is not a function: such bodies are refused here.
 * - It does not check an optional body that is not an object, and treats one that is not JSON as absent.
 */
export function guardBody(request: Request): void {
  // Elysia ignores a body without a content type, even one that says what to delete.
  if (request.body && !request.headers.has('content-type'))
    request.headers.set('content-type', 'application/json')
  request.json = async () => {
    const text = await request.text()
    if (text.trim() === '') throw new SyntaxError('Nothing')
    const body = parse(text)
    return isObject(body) && isSpeakable(body) ? body : unreadable
  }
  // Elysia parses JSON in the fields of such a form, at any depth; no route here accepts one.
  request.formData = async () => {
    throw new SyntaxError('A form of parts')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Level by level, because a recursive function would overflow the stack too. */
function isSpeakable(body: object): boolean {
  let level = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= mostDepth || level.some((each) => Object.hasOwn(each, 'toString'))) return false
    level = level.flatMap((each) => Object.values(each).filter(isObject))
  }
  return true
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
