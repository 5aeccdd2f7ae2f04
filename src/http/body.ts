/** No body that we take is nested deeper than a few levels. */
const mostDepth = 32

/** What a body reads as that cannot be used. A list that is not empty breaks every schema, also of what may be left out. */
export const unreadable: readonly unknown[] = Object.freeze(['unreadable'])

/**
 * Puts right how Elysia takes JSON, which it reads by `request.json()`; its own hooks before the checks would read the
 * bodies of all routes.
 * - Its error spells out a body that breaks a schema, which takes seconds or overflows the stack where it is nested
 *   thousands deep, and fails on an object with a `toString` that is no function: such are refused here.
 * - A body that may be left out it does not check when it is no object, and takes for left out when it is no JSON.
 */
export function guardBody(request: Request): void {
  // Elysia passes over a body of no type, also where it says what to delete.
  if (request.body && !request.headers.has('content-type'))
    request.headers.set('content-type', 'application/json')
  request.json = async () => {
    const text = await request.text()
    if (text.trim() === '') throw new SyntaxError('Nothing')
    const body = parse(text)
    return isObject(body) && isSpeakable(body) ? body : unreadable
  }
  // Elysia takes JSON out of its fields, at any depth; nothing here takes such a form.
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

/** Level by level, because a function that calls itself would overflow the stack as well. */
function isSpeakable(body: object): boolean {
  let level = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= mostDepth || level.some((each) => Object.hasOwn(each, 'toString'))) return false
    level = level.flatMap((each) => Object.values(each).filter(isObject))
  }
  return true
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
