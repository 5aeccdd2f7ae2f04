/** After this long without a turn of the event loop, the next statement waits for one. */
const mostMs = 8

/**
 * A queue of one: work runs strictly in turn. PGlite works on the JavaScript thread and never returns to the event
 * loop by itself, so a long row of statements would keep every socket and timer waiting; `breathe` returns to it.
 */
export function createSerialQueue(): {
  run<T>(work: () => Promise<T>): Promise<T>
  breathe(): Promise<void> | undefined
} {
  let tail: Promise<unknown> = Promise.resolve()
  let busySince: number | undefined

  function breathe(): Promise<void> | undefined {
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
    const turn = tail.then(async () => {
      await breathe()
      return work()
    })
    tail = turn.catch(() => undefined)
    return turn
  }

  return { run, breathe }
}
