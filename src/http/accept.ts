/*
 * RFC 9110, section 12.5.1. JSON is only for clients that name it: curl sends `*` for everything, which says nothing. A client that likes
 * both as much gets the one that it names, and of two named ones the page.
 */

/** Whether a client wants JSON rather than the page. */
export function prefersJson(accept: string | null): boolean {
  const ranges = rangesIn(accept ?? '')
  const json = bestOf(ranges, ['application/json', 'application/*'])
  const html = bestOf(ranges, ['text/html', 'text/*', '*/*'])
  if (!json || json.quality === 0) return false
  if (!html || json.quality !== html.quality) return json.quality > (html?.quality ?? 0)
  return html.type === '*/*'
}

type Range = { type: string; quality: number }

const rangesIn = (accept: string): Range[] =>
  accept.split(',').map((each) => {
    const [type = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    const quality =
      weight === undefined ? 1 : /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0
    return { type, quality }
  })

/** The most precise range decides. */
function bestOf(ranges: readonly Range[], types: readonly string[]): Range | undefined {
  for (const type of types) {
    const found = ranges.find((range) => range.type === type)
    if (found) return found
  }
  return undefined
}
