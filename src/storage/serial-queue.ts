/** After this long without returning to the event loop, the next statement returns to it first. */
const mostMs = 8

/**
 * Runs one task after another. PGlite works on the JavaScript thread and never returns to the event loop by itself, so many
 * statements in a row would block every socket and timer; `yieldToEvents` lets them run.
 */
export function createSerialQueue(): {
  run<T>(work: () => Promise<T>): Promise<T>
  yieldToEvents(): Promise<void> | undefined
} {
  let tail: Promise<unknown> = Promise.resolve()
  let busySince: number | undefined

  function yieldToEvents(): Promise<void> | undefined {
    if (busySince === undefined) {
      busySince = performance.now()
      setImmediate(() => {
        busySince = undefined
      })
    } else if (performance.now() - busySince > mostMs) {
      return new Promise((resolve) => setImmediate(resolve))
    }
    return undefined
  }

  function run<T>(work: () => Promise<T>): Promise<T> {
    const task = tail.then(async () => {
      await yieldToEvents()
      return work()
    })
    tail = task.catch(() => undefined)
    return task
  }

  return { run, yieldToEvents }
}
