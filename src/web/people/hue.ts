const hues = 8

/** The colour class of a person: the same on every screen, because it comes from the username alone. */
export function hueOf(username: string): string {
  // FNV-1a: short names that differ in a letter get distant hashes.
  let hash = 0x811c9dc5
  for (const letter of username) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193) >>> 0
  return `hue-${(hash >>> 8) % hues}`
}
