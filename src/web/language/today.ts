import { signal } from '@preact/signals'

const hourMs = 3600_000

/** A key for a day in the reader's time zone. */
export const dayKey = (at: string | Date): string => {
  const day = new Date(at)
  return `${day.getFullYear()}-${day.getMonth()}-${day.getDate()}`
}

/** The key of the present day. A component that reads it is drawn again after midnight. */
export const today = signal(dayKey(new Date()))

/** Keeps `today` true: at midnight, after the computer slept, and after the clock or the time zone was changed. */
export function followToday(window: Window): void {
  const look = () => {
    today.value = dayKey(new Date())
  }
  const wait = () => {
    const now = new Date()
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
    window.setTimeout(
      () => {
        look()
        wait()
      },
      Math.min(midnight.getTime() - now.getTime(), hourMs),
    )
  }
  wait()
  window.addEventListener('focus', look)
  window.document.addEventListener('visibilitychange', look)
}
