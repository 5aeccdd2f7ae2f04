import type { Progress } from './operation.ts'

const everyMs = 100

/** Ten times a second are enough for anybody who watches; the beginning and the end of something are never left out. */
export function throttleProgress(tell: (progress: Progress) => void): (progress: Progress) => void {
  let what: string | undefined
  let toldAt = 0
  return (progress) => {
    const now = performance.now()
    const isEdge = progress.what !== what || progress.done === progress.total
    if (!isEdge && now - toldAt < everyMs) return
    what = progress.what
    toldAt = now
    tell(progress)
  }
}
