/** The setting that a variable was probably meant to be, or `undefined` for a variable of somebody else. */
export function intendedName(variable: string, names: readonly string[]): string | undefined {
  if (names.includes(variable)) return undefined
  const upper = variable.toUpperCase()
  return names.find((name) => {
    // Short names (HOST, PORT, SIGNUP) are neighbours of too many honest variables: only their own letters tell.
    if (name.length < 8) return editDistance(upper, name) === 1 && hasLettersOf(upper, name)
    if (upper === name) return true
    // DATABASE_URL_TEST or NEXT_PUBLIC_URL is a name of its own, made by somebody on purpose.
    if (upper.startsWith(`${name}_`) || upper.endsWith(`_${name}`)) return false
    return editDistance(upper, name) <= (name.length < 10 ? 1 : 2)
  })
}

const hasLettersOf = (one: string, other: string): boolean =>
  [...one].sort().join() === [...other].sort().join()

/** How many letters are to be changed, put in, left out or exchanged with the next; above 2 only "more than 2" is meant. */
export function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3
  let before: number[] = []
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const replaced = previous[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1)
      const isExchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      const exchanged = isExchanged ? before[column - 2]! + 1 : Number.POSITIVE_INFINITY
      current.push(Math.min(replaced, exchanged, previous[column]! + 1, current[column - 1]! + 1))
    }
    before = previous
    previous = current
  }
  return previous[other.length]!
}
