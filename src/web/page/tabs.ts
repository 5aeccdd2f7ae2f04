import { effect, type ReadonlySignal } from '@preact/signals'

const first = 'parley.first-tab'
const lookedAt = 'parley.looked-at'

/**
 * Of the tabs of one browser, one speaks for all, and none while somebody looks at any of them. Locks are let go of by the
 * browser when a tab is closed or dies. Without HTTPS there are none: then the tag of a notification keeps it single.
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
    /** Whether it falls to this tab to tell something. */
    async speaks(): Promise<boolean> {
      if (!isFirst || visible.peek()) return false
      const held = (await locks?.query())?.held ?? []
      return !held.some(({ name }) => name === lookedAt)
    },
  }
}
