/** The setting that was probably meant by a variable, or `undefined` if it belongs to another program. */
export function intendedName(variable: string, names: readonly string[]): string | undefined {
  if (names.includes(variable)) return undefined
  const upper = variable.toUpperCase()
  return names.find((name) => {
    // Short names (HOST, PORT, SIGNUP) are similar to many variables of other programs: only the same letters count.
    if (name.length < 8) return editDistance(upper, name) === 1 && hasLettersOf(upper, name)
    if (upper === name) return true
    // DATABASE_URL_TEST and NEXT_PUBLIC_URL are other names on purpose.
    if (upper.startsWith(`${name}_`) || upper.endsWith(`_${name}`)) return false
    return editDistance(upper, name) <= (name.length < 10 ? 1 : 2)
  })
}

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
