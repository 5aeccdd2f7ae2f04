import { leads, type Tools } from '../../scope.ts'
import { fillThreads } from './threads-store.ts'

const repliesAtOnce = 100
const hourMs = 3_600_000

/**
 * Gives replies from before there were threads their thread, a few at a time and at most half of the time, now and every hour: a
 * node of the version before may still write some. Returns how to stop it. Nothing to do costs a look at an empty index.
 */
export function startThreads(tools: Tools): () => void {
  let stopped = false

  async function run(): Promise<void> {
    if (!leads(tools)) return
    let filled = 0
    for (let last = repliesAtOnce; last === repliesAtOnce && !stopped; ) {
      const began = performance.now()
      last = await fillThreads(tools.sql, repliesAtOnce)
      filled += last
      if (last > 0) await Bun.sleep(performance.now() - began)
    }
    if (filled > 0) tools.log.info('old replies have their threads now', { replies: filled })
  }

  const start = (): void =>
    void run().catch((error: unknown) => {
      if (!stopped) tools.log.warn('old replies have no threads yet; trying again within an hour', { error })
    })
  const hourly = setInterval(start, hourMs)
  hourly.unref?.()
  start()
  return () => {
    stopped = true
    clearInterval(hourly)
  }
}
