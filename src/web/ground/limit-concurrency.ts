/** Runs the added tasks in order, `atOnce` at a time. A task that fails is not retried here, and delays no other. */
export function limitConcurrency(atOnce: number) {
  const waiting: (() => Promise<unknown>)[] = []
  let busy = 0
  const next = () => {
    const task = busy < atOnce ? waiting.shift() : undefined
    if (!task) return
    busy++
    task()
      .catch(() => {})
      .finally(() => {
        busy--
        next()
      })
  }
  return {
    add(task: () => Promise<unknown>) {
      waiting.push(task)
      next()
    },
  }
}
