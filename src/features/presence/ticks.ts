import { perServer, type Tools } from '../../scope.ts'

const tickMs = 100

/** What presence has to do later. */
export const ticks = perServer(() => ({
  /** Each does what is due now, and returns whether it waits for more. */
  due: [] as ((now: number) => boolean)[],
  timer: undefined as ReturnType<typeof setInterval> | undefined,
  stopped: false,
}))

/** Looks for what is due, until nothing waits any more. */
export function startTicking(tools: Tools): void {
  const state = ticks(tools)
  if (state.stopped || state.timer) return
  state.timer = setInterval(() => {
    const now = performance.now()
    const waiting = state.due.filter((work) => work(now))
    if (waiting.length === 0) stop()
  }, tickMs)
  state.timer.unref()

  function stop(): void {
    clearInterval(state.timer)
    state.timer = undefined
  }
}

export function stopTicking(tools: Tools): void {
  const state = ticks(tools)
  state.stopped = true
  clearInterval(state.timer)
}
