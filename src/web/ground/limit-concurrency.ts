/** Does what is added in its order, so many at a time. What fails is tried again by whoever cares, and holds nobody up. */
export function createTurns(atOnce: number) {
  const waiting: (() => Promise<unknown>)[] = []
  let busy = 0
  const next = () => {
    const act = busy < atOnce ? waiting.shift() : undefined
    if (!act) return
    busy++
    act()
      .catch(() => {})
      .finally(() => {
        busy--
        next()
      })
  }
  return {
    add(act: () => Promise<unknown>) {
      waiting.push(act)
      next()
    },
  }
}
