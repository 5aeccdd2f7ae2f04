const retryMs = 100

type Batch<Question, Found> = {
  ask(question: Question): Promise<Found>
  /** How many wait for a load that has not begun. */
  waiting(): number
}

type Waiting<Question, Found> = {
  question: Question
  resolve(found: Found): void
  reject(error: unknown): void
}

/**
 * Questions that come while others are being loaded are loaded together, in their order and at most `most` at once: for a crowd
 * one statement instead of one for each. A question never joins a load that has begun, so an answer is never older than
 * its question. `load` gives what it found in the order of the questions. A load that fails with an error of which `mayRetry` is
 * true is repeated, so that those who wait keep their turn.
 */
export function createBatch<Question, Found>(
  most: number,
  load: (questions: Question[]) => Promise<Found[]>,
  mayRetry: (error: unknown) => boolean = () => false,
): Batch<Question, Found> {
  const waiting: Waiting<Question, Found>[] = []
  let loading = false

  async function loadAgain(questions: Question[]): Promise<Found[]> {
    for (;;) {
      try {
        return await load(questions)
      } catch (error) {
        if (!mayRetry(error)) throw error
        await Bun.sleep(retryMs)
      }
    }
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most)
      try {
        const found = await loadAgain(batch.map(({ question }) => question))
        for (const [index, { resolve }] of batch.entries()) resolve(found[index]!)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    loading = false
  }

  return {
    ask(question) {
      const found = new Promise<Found>((resolve, reject) => waiting.push({ question, resolve, reject }))
      if (!loading) {
        loading = true
        queueMicrotask(() => void work())
      }
      return found
    },
    waiting: () => waiting.length,
  }
}
