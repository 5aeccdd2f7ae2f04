/** The texts of several processes as one: Prometheus wants all lines of a metric together, with its head once. */
export function mergeTexts(texts: readonly string[]): string {
  if (texts.length === 1) return texts[0]!
  const families = new Map<string, string[]>()
  for (const text of texts)
    for (const family of text.split(/^(?=# HELP )/m)) {
      const lines = family.split('\n').filter((line) => line !== '')
      const head = lines.filter((line) => line.startsWith('#')).join('\n')
      const known = families.get(head) ?? []
      families.set(head, [...known, ...lines.filter((line) => !line.startsWith('#'))])
    }
  return [...families].map(([head, lines]) => `${[head, ...lines].join('\n')}\n`).join('\n')
}
