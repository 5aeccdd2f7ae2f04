type Route = { readonly method: string; readonly path: string }

/** The first hides from whom it is not for; of the second, each file is there or not. */
const leftOut = ['/metrics', '/assets/:file']

/** The methods that an address has, for the header Allow (RFC 9110 section 10.2.1). `routes` are read when the first path is asked. */
export function methodsAt(routes: () => readonly Route[]): (path: string) => string[] {
  let known: { shape: RegExp; method: string }[] | undefined
  const read = () =>
    routes()
      .filter(({ path }) => !leftOut.includes(path) && !path.includes('*'))
      .map(({ method, path }) => ({ shape: shapeOf(path), method: method === 'WS' ? 'GET' : method }))
  return (path) => {
    known ??= read()
    const methods = new Set(known.filter(({ shape }) => shape.test(path)).map(({ method }) => method))
    if (methods.has('GET')) methods.add('HEAD')
    return [...methods].sort()
  }
}

const shapeOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`)
