import { failure as failureOf } from './errors.ts'
import type { Abortable } from './waiting.ts'

/** A slow reader must not fill the memory. */
const mostWaiting = 10_000

export type StreamOptions = Abortable & { ended(): void }

/** A queue of pushed items as an async iterator. */
export function createStream<Item>({ signal, ended }: StreamOptions) {
  const items: Item[] = []
  const readers: (() => void)[] = []
  let over = false
  let failure: unknown

  const end = (error?: unknown) => {
    if (over) return
    over = true
    failure = error
    signal?.removeEventListener('abort', abort)
    for (const wake of readers.splice(0)) wake()
    ended()
  }
  const abort = () => {
    items.length = 0
    end(signal?.reason)
  }
  if (signal?.aborted) queueMicrotask(abort)
  else signal?.addEventListener('abort', abort, { once: true })

  const iterator: AsyncIterableIterator<Item> = {
    async next() {
      while (items.length === 0 && !over) await new Promise<void>((resolve) => readers.push(resolve))
      if (items.length > 0) return { value: items.shift()!, done: false }
      const error = failure
      failure = undefined
      if (error !== undefined) throw error
      return { value: undefined, done: true }
    },
    async return() {
      items.length = 0
      end()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]: () => iterator,
  }

  return {
    iterator,
    end,
    push(item: Item) {
      if (over) return
      if (items.length >= mostWaiting) return end(failureOf('reader_too_slow'))
      items.push(item)
      readers.shift()?.()
    },
  }
}
