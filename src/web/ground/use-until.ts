import { useEffect, useState } from 'preact/hooks'

const dayMs = 24 * 3600_000

/** The moment while it lies ahead, for example the end of a silence. Draws the component again when it has come. */
export function useUntil(moment: string | undefined): string | undefined {
  const [, setNowMs] = useState(Date.now)
  const leftMs = moment === undefined ? 0 : Date.parse(moment) - Date.now()
  useEffect(() => {
    if (leftMs <= 0) return
    // Timers take no more than 24 days.
    const over = setTimeout(() => setNowMs(Date.now()), Math.min(leftMs, dayMs))
    return () => clearTimeout(over)
  })
  return leftMs > 0 ? moment : undefined
}

/** Those of a list that have not ended. Draws the component again when the next one ends. */
export function useCurrent<Item extends { expires_at: string }>(
  items: readonly Item[] | undefined,
): readonly Item[] | undefined {
  const nowMs = Date.now()
  const current = items?.filter(({ expires_at }) => Date.parse(expires_at) > nowMs)
  useUntil(current?.map(({ expires_at }) => expires_at).sort()[0])
  return current
}
