import { createBounded } from '../../bounded.ts'
import type { Policy } from '../../scope.ts'
import type { Call, Called } from './store.ts'

/** A device gets no more than so many in a minute, of all rooms together. */
const mostInMinute = 20
const minuteMs = 60_000
const mostTries = 4
const mostKept = 50_000

type Minute = { since: number; count: number }
type Waiting = {
  until: number
  timer: ReturnType<typeof setTimeout>
  /** The newest message, and the newest that means the person: one notification tells of all. */
  newest: number
  meant?: number
}
/** What is sent to one device for one room. `tries`: how often it has failed since it last succeeded. */
type Sends = { at: number; tries: number; waiting?: Waiting }

/**
 * How often a device is called. What may not be sent yet waits, and whatever comes meanwhile waits with it; `callAgain` gets it when
 * its time has come. A mention or a direct message waits shorter, and so ends the pause of what was less urgent.
 */
export function createPace(
  policy: Pick<Policy, 'pushPauseMs' | 'pushRetryMs'>,
  callAgain: (calls: Call[]) => void,
) {
  const sends = createBounded<string, Sends>(mostKept)
  const minutes = createBounded<string, Minute>(mostKept)
  const timers = new Set<ReturnType<typeof setTimeout>>()

  const keyOf = ({ id, roomKey }: Call): string => `${id} ${roomKey}`

  function wait(state: Sends, called: Called, until: number): void {
    const { waiting } = state
    const { id, roomKey, seq, kind } = called
    const soonest = waiting ? Math.min(waiting.until, until) : until
    if (waiting) endTimer(waiting.timer)
    const newest = Math.max(seq, waiting?.newest ?? 0)
    const meant = kind === 'all' ? waiting?.meant : Math.max(seq, waiting?.meant ?? 0)
    const timer = setTimeout(
      () => {
        endTimer(timer)
        delete state.waiting
        const seqs = meant !== undefined && meant !== newest ? [meant, newest] : [newest]
        callAgain(seqs.map((seq) => ({ id, roomKey, seq })))
      },
      Math.max(0, soonest - performance.now()),
    )
    timer.unref?.()
    timers.add(timer)
    state.waiting = { until: soonest, timer, newest, ...(meant !== undefined && { meant }) }
  }

  function endTimer(timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer)
    timers.delete(timer)
  }

  /** When the device has room for one more; undefined: now, and that one is counted. */
  function fullUntil(id: string, now: number): number | undefined {
    const minute = minutes.get(id)
    if (!minute || now - minute.since > minuteMs) minutes.set(id, { since: now, count: 1 })
    else if (minute.count >= mostInMinute) return minute.since + minuteMs
    else minute.count++
    return undefined
  }

  return {
    /** Whether it is to be sent now. Otherwise it waits. */
    maySend(called: Called): boolean {
      const now = performance.now()
      const before = sends.get(keyOf(called))
      const state: Sends = before ?? { at: Number.NEGATIVE_INFINITY, tries: 0 }
      if (!before) sends.set(keyOf(called), state)
      const hasFailed = state.tries > 0
      const pauseMs = policy.pushPauseMs[called.kind]
      // A device whose push service fails is not tried more often because more is written.
      const freeAt = hasFailed && state.waiting ? state.waiting.until : hasFailed ? now : state.at + pauseMs
      if (freeAt > now) {
        wait(state, called, freeAt)
        return false
      }
      const full = fullUntil(called.id, now)
      if (full !== undefined) {
        wait(state, called, full)
        return false
      }
      if (state.waiting) endTimer(state.waiting.timer)
      delete state.waiting
      state.at = now
      return true
    },
    succeeded(called: Called): void {
      const state = sends.get(keyOf(called))
      if (state) state.tries = 0
    },
    /** Tries it again later, a few times. */
    failed(called: Called): void {
      const state = sends.get(keyOf(called))
      if (!state) return
      if (++state.tries >= mostTries) state.tries = 0
      else {
        const waitMs = policy.pushRetryMs * 4 ** (state.tries - 1) * (0.5 + Math.random() / 2)
        wait(state, called, performance.now() + waitMs)
      }
    },
    stop(): void {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
