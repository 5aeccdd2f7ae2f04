import { distrust, type Tools } from '../scope.ts'
import type { Hub, LiveConnection } from './hub.ts'

const retryMs = 1000

/**
 * When notes of other nodes may be lost, nothing in memory is trusted: it is read again, and every connection is checked by it.
 * While the bus is away this is repeated. What could not be checked for too long hears nothing more until it is; its pings are
 * replied to, and its commands ask the database themselves.
 */
export function startDoubt(tools: Tools, hub: Hub): () => void {
  const { policy, bus, log } = tools
  let since: number | undefined
  let began = -Infinity
  let checking = false
  /** Those of the last check that could not be checked. */
  let unchecked: LiveConnection[] = []
  /** People who may not have heard that they are in a room, or no more. */
  const unheard = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let deadline: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function doubt(): void {
    if (stopped) return
    since ??= performance.now()
    deadline ??= setTimeout(() => hub.hold(true), policy.mostUncheckedMs)
    plan(began + policy.distrustEveryMs - performance.now())
  }

  function plan(waitMs: number): void {
    if (checking || timer !== undefined || stopped) return
    timer = setTimeout(() => void check(), Math.max(0, waitMs))
  }

  async function check(): Promise<void> {
    timer = undefined
    checking = true
    began = performance.now()
    // Otherwise nothing was lost since the last check, and only who was left out of it is checked.
    const asked = since === undefined ? unchecked : [...hub.all()]
    if (since !== undefined) distrust(tools)
    since = undefined
    for (const { scope } of asked) unheard.add(scope.actor.id)
    const failure = (await checkAll(asked)) ?? (await checkPeople())
    checking = false
    if (failure) {
      log.warn('the connections could not all be checked; trying again', { error: failure.reason })
      return plan(retryMs)
    }
    // Notes were lost during the check too.
    if (since !== undefined) doubt()
  }

  async function checkAll(asked: LiveConnection[]): Promise<PromiseRejectedResult | undefined> {
    const checks = await Promise.allSettled(asked.map((connection) => connection.recheck()))
    unchecked = asked.filter((_, index) => checks[index]!.status === 'rejected')
    const failure = checks.find((each) => each.status === 'rejected')
    if (failure) return failure
    clearTimeout(deadline)
    deadline = undefined
    hub.hold(false)
    return undefined
  }

  /** What is sent to a person is in no log. */
  async function checkPeople(): Promise<PromiseRejectedResult | undefined> {
    const people = [...unheard]
    unheard.clear()
    const [check] = await Promise.allSettled([hub.memberships.check(people)])
    if (check.status === 'fulfilled') return undefined
    for (const user of people) unheard.add(user)
    return check
  }

  bus.onGap(doubt)
  return () => {
    stopped = true
    clearTimeout(timer)
    clearTimeout(deadline)
    hub.memberships.stop()
  }
}
