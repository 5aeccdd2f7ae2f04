export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** When the signal aborts, the wait rejects with its reason. */
export type Abortable = { signal?: AbortSignal | undefined }

/** Waits for `promise` until the signal aborts. The work behind the promise continues all the same. */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** A signal for `fetch` that aborts after a time, or with another signal. */
export const timeoutSignal = (timeoutMs: number, signal?: AbortSignal): AbortSignal =>
  signal ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) : AbortSignal.timeout(timeoutMs)

/** A promise that is settled from outside. Its rejection may go unhandled. */
export type Deferred<Value = void> = {
  promise: Promise<Value>
  resolve(value: Value): void
  reject(error: unknown): void
}

export function deferred<Value = void>(): Deferred<Value> {
  let settle: Omit<Deferred<Value>, 'promise'> | undefined
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject }
  })
  promise.catch(() => {})
  return { promise, ...settle! }
}

/** Runs `act` for every item in order, at most `atOnce` at a time. */
export async function limitConcurrency<Item>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<void>,
) {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker))
}
