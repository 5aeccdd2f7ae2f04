/** A name of a file that every system takes: whatever somebody is called, it leads nowhere and is no device of Windows. */
export function fileName(number: number, ...words: string[]): string {
  const plain = words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  return plain === '' ? String(number) : `${number}-${plain}`
}

/** `parley-ben-2026-11-28.zip` */
export const exportName = (at: Date, ...words: string[]): string =>
  `parley-${words.join('-').replace(/[^a-z0-9_-]+/g, '-')}-${at.toISOString().slice(0, 10)}.zip`
