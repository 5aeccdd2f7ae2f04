import { createRateLimit } from '../../rate.ts'
import { leads, type Tools } from '../../scope.ts'
import { forgetAllUnused, forgetDeleted } from '../links/removed.ts'
import { deleteAll, type Place } from '../links/store.ts'
import type { Entry } from '../log/entry.ts'
import { writer } from '../log/writer.ts'
import { follow, type Written } from './follow.ts'
import { hasWanted, releaseAll } from './store.ts'
import { tellPreviews } from './tell.ts'
import { fetchNext } from './work.ts'

/** Pages that this node opens at the same time. */
const mostAtOnce = 4
/** Pages that one person has this node open: more links of theirs get no preview. */
const ofOnePerson = { perSecond: 1 / 3, burst: 20 }
/** Messages that wait to be looked at: of more, those that are sent get no preview. */
const mostWaiting = 5000
/** What a node that was killed had begun, or another one has no time for. */
const lookEveryMs = 30_000
const sweepEveryMs = 3_600_000
const retryMs = 1000
/** Messages that wait longer when the server stops have no preview. */
const lastLookMs = 1000

const mayHaveLink = (text: string): boolean => /https?:\/\/|www\./i.test(text)

/**
 * Follows what this node writes to the logs, and fetches the pages that messages link to: behind the log, never in the path of a message. What is
 * to be fetched is in the database before it is, so that another node or the next start does it. A message that was sent less than a moment before this
 * process is killed has no preview. Returns how to stop.
 */
export function startPreviews(tools: Tools): () => Promise<void> {
  const { sql, log, policy, bus } = tools
  if (!policy.previews) {
    void deleteAll(sql).catch((error) => log.warn('the previews there are could not be removed', { error }))
    return async () => undefined
  }
  const ending = new AbortController()
  const { signal } = ending
  const limit = createRateLimit(ofOnePerson)
  const mayFetch = (author: string): boolean => !policy.rateLimits || limit.take(author) === undefined
  const waiting: Written[] = []
  const working = new Set<Promise<void>>()
  let following: Promise<void> | undefined
  let saidFull = false

  writer(tools).heads.onOwn((roomKey, entry) => {
    const written = writtenIn(roomKey, entry)
    if (!written || signal.aborted) return
    if (waiting.length >= mostWaiting) {
      if (!saidFull) log.warn('more links are sent than can be looked at: some get no preview')
      saidFull = true
      return
    }
    waiting.push(written)
    following ??= followAll().finally(() => {
      following = undefined
    })
  })

  async function followAll(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const began = performance.now()
      try {
        const { isWanted, isChanged } = await follow(tools, next, mayFetch)
        if (isWanted) fetchAll()
        if (isChanged) await tellPreviews(tools, [next satisfies Place])
      } catch (error) {
        if (!signal.aborted) log.warn('the links of a message could not be looked at', { error })
      }
      // At least half of the time is for the chat.
      await Bun.sleep(performance.now() - began)
    }
    saidFull = false
  }

  function fetchAll(): void {
    if (working.size >= mostAtOnce || signal.aborted) return
    const work: Promise<void> = fetchSome().finally(() => working.delete(work))
    working.add(work)
  }

  async function fetchSome(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!(await fetchNext(tools, signal))) return
      } catch (error) {
        if (signal.aborted) return
        log.warn('previews wait for the database', { error })
        await Bun.sleep(retryMs)
      }
    }
  }

  async function look(): Promise<void> {
    try {
      if (await hasWanted(sql)) for (let each = 0; each < mostAtOnce; each++) fetchAll()
    } catch {
      // The next look will say.
    }
  }

  async function sweep(): Promise<void> {
    if (!leads(tools)) return
    await forgetDeleted(tools)
    await forgetAllUnused(tools)
  }

  /** A server that is alone does not wait for the leases of the process before it, which was killed. */
  const alone = sql.countNodes().then(
    (count) => count <= 1,
    () => false,
  )
  void alone.then(async (isAlone) => {
    if (isAlone) await releaseAll(sql).catch(() => undefined)
    await look()
    await sweep()
  })
  const timers = [setInterval(() => void look(), lookEveryMs), setInterval(() => void sweep(), sweepEveryMs)]
  for (const timer of timers) timer.unref?.()

  return async () => {
    for (const timer of timers) clearInterval(timer)
    await Promise.race([following, Bun.sleep(lastLookMs)])
    waiting.length = 0
    await following
    ending.abort()
    await Promise.all(working)
    await releaseAll(sql, bus.node).catch(() => undefined)
  }
}

/** The text of a message that may link to something, or that has linked before it was edited. */
function writtenIn(roomKey: number, entry: Entry): Written | undefined {
  const { kind, seq, target, text = '', actor, deletedAt, damaged } = entry
  if (deletedAt || damaged) return undefined
  const written = { roomKey, author: actor.id, text }
  if (kind === 'message.created') return mayHaveLink(text) ? { ...written, seq } : undefined
  return kind === 'message.edited' ? { ...written, seq: target!, editedSeq: seq } : undefined
}
