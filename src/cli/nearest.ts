import { editDistance } from '../config/mistyped.ts'

/** ` Did you mean "user"?`, or an empty text if no name is near enough. */
export function didYouMean(word: string, names: readonly string[]): string {
  const nearest = nearestName(word, names)
  return nearest === undefined ? '' : ` Did you mean ${nearest.startsWith('-') ? nearest : `"${nearest}"`}?`
}

/** The name that was probably meant: an unfinished one, or one with a typing mistake or two. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  const unfinished = typed.replace(/^-+/, '').length < 2 ? [] : names.filter((name) => name.startsWith(typed))
  if (unfinished.length === 1) return unfinished[0]
  const mistakes = typed.length < 5 ? 1 : 2
  const [nearest] = names
    .map((name) => ({
      name,
      distance: editDistance(typed, name),
      longer: Math.abs(name.length - typed.length),
    }))
    .filter(({ distance }) => distance <= mistakes)
    .sort((one, other) => one.distance - other.distance || one.longer - other.longer)
  return nearest?.name
}
