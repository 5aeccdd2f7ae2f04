import { useEffect, useState } from 'preact/hooks'

const dayMs = 24 * 3600_000

/** Until when somebody is silenced; undefined when they are not. Draws the component again when the silence ends. */
export function useSilence(until: string | undefined): string | undefined {
  const [, setNowMs] = useState(Date.now)
  const leftMs = until === undefined ? 0 : Date.parse(until) - Date.now()
  useEffect(() => {
    if (leftMs <= 0) return
    // Timers take no more than 24 days.
    const over = setTimeout(() => setNowMs(Date.now()), Math.min(leftMs, dayMs))
    return () => clearTimeout(over)
  })
  return leftMs > 0 ? until : undefined
}
