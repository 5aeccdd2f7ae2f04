const key = 'parley.emoji'
const most = 16

/** The most used emoji, always offered first. */
export const quick: readonly string[] = ['👍', '❤️', '😂', '🎉', '👀', '🙏']

/** The last emoji used in this browser, newest first. A browser may forbid storage. */
export function recentEmoji(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept)
      ? kept.filter((each) => typeof each === 'string' && each.length <= 16).slice(0, most)
      : []
  } catch {
    return []
  }
}

export function noteEmoji(emoji: string): void {
  try {
    const kept = [emoji, ...recentEmoji().filter((each) => each !== emoji)]
    localStorage.setItem(key, JSON.stringify(kept.slice(0, most)))
  } catch {
    // Without storage the picker shows no recent emoji.
  }
}
