const patienceMs = 5_000

/** Repeats `work`, one call at a time. Returns a function that stops it. */
export function every(intervalMs: number, work: () => unknown): () => Promise<void> {
  let going = true
  const loop = async (): Promise<void> => {
    while (going) {
      await work()
      await Bun.sleep(intervalMs)
    }
  }
  const done = loop()
  return () => {
    going = false
    return done
  }
}

export async function until(holds: () => boolean, mostMs = patienceMs): Promise<void> {
  const deadline = performance.now() + mostMs
  while (!holds() && performance.now() < deadline) await Bun.sleep(5)
}
