import { effect, type ReadonlySignal } from '@preact/signals'

const first = 'parley.first-tab'
const lookedAt = 'parley.looked-at'

/**
 * One tab of a browser shows notifications for all its tabs, and none does while a tab is in view. The browser releases
 * the locks of a tab that is closed or crashes. Without HTTPS there are no locks: then the tag keeps notifications single.
 */
export function joinTabs({ locks }: Navigator, visible: ReadonlySignal<boolean>) {
  let isFirst = locks === undefined
  const hold = (name: string, mode: LockMode, until: Promise<void>, got = () => {}) =>
    void locks
      ?.request(name, { mode }, () => {
        got()
        return until
      })
      .catch(() => {})

  hold(first, 'exclusive', new Promise(() => {}), () => {
    isFirst = true
  })
  effect(() => {
    if (!visible.value) return
    const { promise, resolve } = Promise.withResolvers<void>()
    hold(lookedAt, 'shared', promise)
    return resolve
  })

  return {
    /** Whether this tab is the one to show a notification now. */
    async mayNotify(): Promise<boolean> {
      if (!isFirst || visible.peek()) return false
      const held = (await locks?.query())?.held ?? []
      return !held.some(({ name }) => name === lookedAt)
    },
  }
}
