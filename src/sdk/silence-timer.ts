/** Calls `silent` when nothing has arrived for too long. One timer, however many frames arrive. */
export type SilenceTimer = { reset(): void; allow(silenceMs: number): void; stop(): void }

export function createSilenceTimer(firstMs: number, silent: () => void): SilenceTimer {
  let allowedMs = firstMs
  let lastHeardMs = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined

  const check = () => {
    const leftMs = lastHeardMs + allowedMs - performance.now()
    if (leftMs > 0) timer = setTimeout(check, leftMs)
    else silent()
  }
  timer = setTimeout(check, firstMs)

  return {
    reset() {
      lastHeardMs = performance.now()
    },
    allow(silenceMs) {
      allowedMs = silenceMs
      lastHeardMs = performance.now()
      clearTimeout(timer)
      timer = setTimeout(check, silenceMs)
    },
    stop: () => clearTimeout(timer),
  }
}
