export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A promise to be settled from outside; nobody has to listen to its rejection. */
export type Later = { promise: Promise<void>; resolve(): void; reject(error: unknown): void }

export function later(): Later {
  let settle: Omit<Later, 'promise'> | undefined
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  promise.catch(() => {})
  return { promise, ...settle! }
}

/** Does all, a few at a time, in their order. */
export async function inTurns<Item>(
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
