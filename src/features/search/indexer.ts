import { leads, perServer, type Tools } from '../../scope.ts'
import { writer } from '../log/writer.ts'
import { fillSome, follow } from './fill.ts'
import { searchKeys } from './keys.ts'
import { createOwn } from './own.ts'
import { createPace } from './pace.ts'
import { countFilling, createPositions, listBehind, refill, removeAll, removeLeft } from './store.ts'

/** What is sent together is looked at together. */
const gatherMs = 100
const roomsAtOnce = 200
const retryMs = 1000
/** How often a node looks for what others left undone: the embedded database has no others. */
const sweepMs = { postgres: 30_000, embedded: 600_000 }

const works = perServer(() => ({
  /** The rooms with entries that were not looked at, and since when. */
  behind: new Map<number, number>(),
  /** Those that are looked at in this moment. */
  underWork: new Map<number, number>(),
  filling: 0,
}))

/**
 * Keeps the words of messages, behind the log and never in the way of it: each node looks at what it has written itself, as soon as that
 * was sent; the first one also at what nobody has looked at, and fills in what is old. Returns how to stop it.
 */
export function startIndexer(tools: Tools): () => Promise<void> {
  const { sql, bus, log, metrics } = tools
  const work = works(tools)
  const { behind } = work
  let stopped = false
  let wake: () => void = () => undefined
  let rest: ReturnType<typeof setTimeout> | undefined
  let warned = false
  let sweepAt = performance.now() + tools.policy.searchSettleMs

  if (!tools.policy.search) {
    void removeAll(sql).catch((error) =>
      log.warn('what was kept for searches could not be removed', { error }),
    )
    return async () => undefined
  }

  metrics.search.lag.from(() => {
    let oldest = performance.now()
    for (const since of [...behind.values(), ...work.underWork.values()]) oldest = Math.min(oldest, since)
    return (performance.now() - oldest) / 1000
  })
  metrics.search.filling.from(() => work.filling)

  const own = createOwn()
  const pace = createPace()
  writer(tools).heads.onOwn((room, entry) => {
    pace.count()
    own.add(room, entry)
    if (behind.has(room)) return
    behind.set(room, performance.now())
    wake()
  })
  // Everything may have been written by a node that is gone.
  bus.onNode((_node, alive) => {
    if (alive) return
    sweepAt = 0
    wake()
  })

  async function sweep(): Promise<void> {
    if (!leads(tools)) return
    const { currentId, ids } = searchKeys(tools)
    await removeLeft(sql)
    await createPositions(sql, currentId)
    await refill(sql, currentId, ids)
    for (const room of await listBehind(sql)) if (!behind.has(room)) behind.set(room, performance.now())
    work.filling = await countFilling(sql)
  }

  /** Whether there is more to look at than these. */
  async function followSome(): Promise<boolean> {
    const some = [...behind].slice(0, roomsAtOnce)
    const isMore = behind.size > some.length
    // What is written from now on marks the room again.
    for (const [room] of some) behind.delete(room)
    const since = new Map(some)
    work.underWork = since
    // What waits for the next step may have come long after the first entry of this one.
    const back = (rooms: number[]): void => {
      for (const room of rooms) behind.set(room, own.since(room) ?? since.get(room)!)
    }
    const rooms = some.map(([room]) => room)
    try {
      const left = await follow(tools, own, rooms)
      back(left)
      return isMore || left.length > 0
    } catch (error) {
      for (const room of rooms) own.drop(room)
      back(rooms)
      throw error
    } finally {
      work.underWork = new Map()
    }
  }

  /** `more`: there is enough for another step. */
  async function step(): Promise<'more' | 'some' | 'idle'> {
    if (performance.now() >= sweepAt) {
      sweepAt = performance.now() + sweepMs[sql.kind]
      await sweep()
    }
    if (behind.size > 0) return (await followSome()) ? 'more' : 'some'
    if (work.filling === 0 || !leads(tools)) return 'idle'
    const filled = await fillSome(tools)
    work.filling = filled === undefined ? 0 : Math.max(1, work.filling - filled)
    return 'more'
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const began = performance.now()
      let next: 'more' | 'some' | 'idle' = 'more'
      let pauseMs = gatherMs
      try {
        next = await step()
        warned = false
        pauseMs = Math.max(next === 'more' ? 1 : gatherMs, pace.pauseAfter(performance.now() - began))
      } catch (error) {
        if (!warned && !stopped) log.warn('the index of searches waits for the database', { error })
        warned = true
        pauseMs = retryMs
      }
      if (stopped) return
      if (next === 'idle') {
        await pause(Math.max(1, sweepAt - performance.now()), true)
        await pause(gatherMs, false)
      } else await pause(pauseMs, false)
    }
  }

  function pause(ms: number, mayWake: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(rest)
        wake = () => undefined
        resolve()
      }
      rest = setTimeout(end, ms)
      rest.unref?.()
      finish = end
      if (mayWake) wake = end
    })
  }
  let finish: () => void = () => undefined

  const ended = run()
  return async () => {
    stopped = true
    finish()
    await ended
  }
}
