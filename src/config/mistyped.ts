/** The setting that was probably meant by a variable, or `undefined` if it belongs to another program. */
export function intendedName(variable: string, value: string, names: readonly string[]): string | undefined {
  if (names.includes(variable) || isAnAddressOfKubernetes(value)) return undefined
  const upper = variable.toUpperCase().replace(/[.-]/g, '_')
  // A habit of other programs: all settings begin with the name of the product. PARLEY_HOST and PARLEY_PORT may be Kubernetes'.
  const bare = upper.replace(/^PARLEY_(?!(HOST|PORT)$)/, '')
  const long = names.filter((name) => name.length > shortest)
  const short = names.filter((name) => name.length <= shortest)
  return (
    long.find((name) => plainly(name) === plainly(bare)) ??
    long.find((name) => isMistyped(bare, name)) ??
    short.find((name) => editDistance(upper, name) === 1 && hasLettersOf(upper, name))
  )
}

/** HOST and PORT are similar to many variables of other programs. */
const shortest = 4

/** A service that is called "parley" or "port" puts such a variable into every container: PARLEY_PORT=tcp://10.0.0.1:8000. */
const isAnAddressOfKubernetes = (value: string): boolean => /^(tcp|udp|sctp):\/\//.test(value)

/** Without underscores, and each word in the singular: TRUSTED_PROXY and TRUSTED_PROXIES are the same. */
const plainly = (name: string): string =>
  name
    .split('_')
    .map((word) => word.replace(/IES$/, 'Y').replace(/S$/, ''))
    .join('')

function isMistyped(upper: string, name: string): boolean {
  // DATABASE_URL_TEST and NEXT_PUBLIC_URL are other names on purpose.
  if (upper.startsWith(`${name}_`) || upper.endsWith(`_${name}`)) return false
  return (
    editDistance(upper, name) <= (name.length < 10 ? 1 : 2) ||
    isMistypedPlainly(plainly(upper), plainly(name))
  )
}

const isMistypedPlainly = (one: string, other: string): boolean =>
  other.length >= 8 && editDistance(one, other) === 1

const hasLettersOf = (one: string, other: string): boolean =>
  [...one].sort().join() === [...other].sort().join()

/** The number of letters changed, added, left out or swapped with the next. Any result above 2 just means "more than 2". */
export function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3
  let before: number[] = []
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const replaced = previous[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1)
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      const swapped = isSwapped ? before[column - 2]! + 1 : Number.POSITIVE_INFINITY
      current.push(Math.min(replaced, swapped, previous[column]! + 1, current[column - 1]! + 1))
    }
    before = previous
    previous = current
  }
  return previous[other.length]!
}
