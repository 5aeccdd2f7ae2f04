const key = 'parley.emoji'
const most = 16

/** What most people use, offered first to those who have used none. */
export const quick: readonly string[] = ['👍', '❤️', '😂', '🎉', '👀', '🙏']

type Used = readonly [emoji: string, times: number]

/** The last emoji used in this browser, newest first, and how often. A browser may forbid storage. */
function used(): readonly Used[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.flatMap((each) => usedIn(each) ?? []).slice(0, most) : []
  } catch {
    return []
  }
}

/** Before they were counted, each was stored as its text. */
function usedIn(stored: unknown): [Used] | undefined {
  const [emoji, times] = Array.isArray(stored) ? stored : [stored, 1]
  return typeof emoji === 'string' && emoji.length <= 16 && Number.isSafeInteger(times)
    ? [[emoji, times]]
    : undefined
}

export const recentEmoji = (): readonly string[] => used().map(([emoji]) => emoji)

/** Your own most used ones, filled up with those of everybody. */
export function frequentEmoji(count: number): readonly string[] {
  const own = used().toSorted(([, one], [, other]) => other - one)
  return [...new Set([...own.map(([emoji]) => emoji), ...quick])].slice(0, count)
}

export function noteEmoji(emoji: string): void {
  try {
    const before = used()
    const times = before.find(([each]) => each === emoji)?.[1] ?? 0
    const kept: Used[] = [[emoji, times + 1], ...before.filter(([each]) => each !== emoji)]
    localStorage.setItem(key, JSON.stringify(kept.slice(0, most)))
  } catch {
    // Without storage the picker shows no recent emoji.
  }
}
