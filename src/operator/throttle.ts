import type { Progress } from './operation.ts'

const everyMs = 100

/** At most ten reports a second. The first and the last report of a step always pass. */
export function throttleProgress(send: (progress: Progress) => void): (progress: Progress) => void {
  let what: string | undefined
  let sentAt = 0
  return (progress) => {
    const now = performance.now()
    const isEdge = progress.what !== what || progress.done === progress.total
    if (!isEdge && now - sentAt < everyMs) return
    what = progress.what
    sentAt = now
    send(progress)
  }
}
