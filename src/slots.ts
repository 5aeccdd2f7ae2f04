/**
 * Limits how many requests run at once, of one person and of all together, so that nobody's slow addresses keep those of the others
 * waiting. Those who wait are served in their order.
 */
export function createSlots(most: number, mostOfOne: number) {
  const running = new Map<string, number>()
  const waiting: { who: string; start(): void }[] = []
  let all = 0

  const mayRun = (who: string): boolean => all < most && (running.get(who) ?? 0) < mostOfOne

  function take(who: string): void {
    all++
    running.set(who, (running.get(who) ?? 0) + 1)
  }

  function free(who: string): void {
    all--
    const left = running.get(who)! - 1
    if (left === 0) running.delete(who)
    else running.set(who, left)
    const next = waiting.findIndex((each) => mayRun(each.who))
    if (next >= 0) waiting.splice(next, 1)[0]!.start()
  }

  return async function run<Result>(who: string, work: () => Promise<Result>): Promise<Result> {
    if (mayRun(who)) take(who)
    else
      await new Promise<void>((start) =>
        waiting.push({
          who,
          start() {
            take(who)
            start()
          },
        }),
      )
    try {
      return await work()
    } finally {
      free(who)
    }
  }
}
