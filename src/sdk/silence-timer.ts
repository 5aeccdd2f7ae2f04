/** Finds out that nothing has been heard for too long. One timer, however many frames come. */
export type Watch = { heard(): void; allow(silenceMs: number): void; stop(): void }

export function createWatch(firstMs: number, silent: () => void): Watch {
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
    heard() {
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
