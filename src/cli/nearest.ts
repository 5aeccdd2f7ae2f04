import { editDistance } from '../config/mistyped.ts'

/** ` Did you mean "user"?`, or nothing where no name is near enough. */
export function didYouMean(word: string, names: readonly string[]): string {
  const nearest = nearestName(word, names)
  return nearest === undefined ? '' : ` Did you mean ${nearest.startsWith('-') ? nearest : `"${nearest}"`}?`
}

/** The name somebody meant: begun and not finished, or with a slip or two. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  const begun = typed.replace(/^-+/, '').length < 2 ? [] : names.filter((name) => name.startsWith(typed))
  if (begun.length === 1) return begun[0]
  const slips = typed.length < 5 ? 1 : 2
  const [nearest] = names
    .map((name) => ({
      name,
      distance: editDistance(typed, name),
      longer: Math.abs(name.length - typed.length),
    }))
    .filter(({ distance }) => distance <= slips)
    .sort((one, other) => one.distance - other.distance || one.longer - other.longer)
  return nearest?.name
}
