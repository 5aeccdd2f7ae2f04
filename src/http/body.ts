/** No body that we accept is nested deeper than a few levels. */
const mostDepth = 32

/** The value of a body that cannot be used. No schema accepts a list that is not empty, not even that of an optional body. */
export const unreadable: readonly unknown[] = Object.freeze(['unreadable'])

/**
 * Corrects how Elysia reads JSON, by replacing `request.json()`. A hook of Elysia would do, but it would also read the
 * bodies of routes that do not want them.
 * - Elysia's error prints a body that does not match its schema. That takes seconds, or overflows the stack, if the body is
 *   nested thousands of levels deep, and throws if an object has a `toString` that is not a function. We refuse such bodies.
 * - Elysia does not check an optional body that is not an object, and treats one that is not JSON as absent.
 */
export function guardBody(request: Request): void {
  // Elysia ignores a body without a content type, also that of a DELETE.
  if (request.body && !request.headers.has('content-type'))
    request.headers.set('content-type', 'application/json')
  request.json = async () => {
    const text = await request.text()
    if (text.trim() === '') throw new SyntaxError('Nothing')
    const body = parse(text)
    return isObject(body) && isSafe(body) ? body : unreadable
  }
  // Elysia parses JSON in the fields of a multipart form, at any depth. No route of ours accepts such a form.
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

/** Level by level: a recursive function would overflow the stack as well. */
function isSafe(body: object): boolean {
  let level = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= mostDepth || level.some((each) => Object.hasOwn(each, 'toString'))) return false
    level = level.flatMap((each) => Object.values(each).filter(isObject))
  }
  return true
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
