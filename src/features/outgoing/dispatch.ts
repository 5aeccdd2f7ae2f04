import { announce, leads, onChange, onDistrust, type Tools } from '../../scope.ts'
import { createSlots } from '../../slots.ts'
import { takeTurn } from './deliver.ts'
import { listWaiting, releaseWebhooks } from './store.ts'

const mostAtOnce = 64
const mostOfOnePerson = 8
/** What no note has brought is found after so long. */
const lookEveryMs = 30_000
/** What is written within this time is one note to the node that delivers. */
const joinMs = 100
/** The database is away. */
const againMs = 5000
/** Otherwise the next process would send it again. */
const lastSendMs = 1000

type Webhook = { roomKey: number; createdBy: string; running: boolean; again: boolean; timer?: Timer }
type Timer = ReturnType<typeof setTimeout>

/**
 * Delivers what outgoing webhooks have to send. One node does, whichever leads; a lease in the database makes sure of it while nodes
 * do not hear each other. What is written to a room without webhooks costs a look into a map. Returns how to stop.
 */
export function startOutgoing(tools: Tools): () => Promise<void> {
  const [closing, abort] = [new AbortController(), new AbortController()]
  const ending = { closing: closing.signal, abort: abort.signal }
  const inSlot = createSlots(mostAtOnce, mostOfOnePerson)
  const webhooks = new Map<string, Webhook>()
  const byRoom = new Map<number, Set<string>>()
  const working = new Set<Promise<void>>()
  const written = new Set<number>()
  let telling: Timer | undefined
  let looking = false
  let lookAgain = false

  const later = (waitMs: number, run: () => void): Timer => {
    const timer = setTimeout(run, waitMs)
    timer.unref?.()
    return timer
  }

  /** A server that is alone does not wait for the leases of the process before it, which was killed. */
  async function begin(): Promise<void> {
    const isAlone = await tools.sql.countNodes().then(
      (count) => count <= 1,
      () => false,
    )
    if (isAlone) await releaseWebhooks(tools.sql).catch(() => undefined)
    await look()
  }

  /** Reads which webhooks there are, and wakes those that have something to send. */
  async function look(): Promise<void> {
    lookAgain = true
    if (looking) return
    looking = true
    while (lookAgain && !closing.signal.aborted) {
      lookAgain = false
      try {
        learn(await listWaiting(tools.sql))
      } catch (error) {
        if (!closing.signal.aborted)
          tools.log.warn('outgoing webhooks could not be read; trying again', { error })
      }
    }
    looking = false
  }

  function learn(found: Awaited<ReturnType<typeof listWaiting>>): void {
    const ids = new Set(found.map(({ id }) => id))
    for (const [id, webhook] of webhooks) {
      if (ids.has(id)) continue
      clearTimeout(webhook.timer)
      delete webhook.timer
      // It may be there again before its send has ended, and must not be sent twice at the same time.
      if (!webhook.running) webhooks.delete(id)
    }
    byRoom.clear()
    for (const { id, roomKey, createdBy, nextTryAt, isBehind } of found) {
      const webhook = webhooks.get(id) ?? { roomKey, createdBy, running: false, again: false }
      webhook.createdBy = createdBy
      webhooks.set(id, webhook)
      if (!byRoom.has(roomKey)) byRoom.set(roomKey, new Set())
      byRoom.get(roomKey)!.add(id)
      clearTimeout(webhook.timer)
      delete webhook.timer
      if (!isBehind || !leads(tools)) continue
      if (nextTryAt) waitFor(id, webhook, nextTryAt)
      else wake(id, webhook)
    }
  }

  function waitFor(id: string, webhook: Webhook, at: Date): void {
    clearTimeout(webhook.timer)
    webhook.timer = later(Math.max(0, at.getTime() - tools.clock().getTime()), () => {
      delete webhook.timer
      wake(id, webhook)
    })
  }

  function wake(id: string, webhook: Webhook): void {
    // One that fails is not tried more often because more is written.
    if (webhook.timer !== undefined || closing.signal.aborted) return
    webhook.again = true
    if (webhook.running) return
    webhook.running = true
    const work = run(id, webhook).finally(() => working.delete(work))
    working.add(work)
  }

  async function run(id: string, webhook: Webhook): Promise<void> {
    while (webhook.again && !closing.signal.aborted) {
      webhook.again = false
      try {
        const turn = await inSlot(webhook.createdBy, () => takeTurn(tools, id, ending))
        if (turn === 'more') webhook.again = true
        else if (turn !== 'idle' && webhooks.get(id) === webhook) waitFor(id, webhook, turn)
      } catch (error) {
        if (closing.signal.aborted) break
        tools.log.warn('an outgoing webhook could not be worked on; trying again', { webhook: id, error })
        waitFor(id, webhook, new Date(tools.clock().getTime() + againMs))
      }
      if (webhook.timer !== undefined) break
    }
    webhook.running = false
  }

  function wakeRoom(room: number): void {
    for (const id of byRoom.get(room) ?? []) wake(id, webhooks.get(id)!)
  }

  function tell(): void {
    telling = undefined
    const rooms = [...written]
    written.clear()
    announce(tools, { what: 'outgoing', rooms })
  }

  tools.bus.subscribe((note) => {
    if (note.to !== 'log' || !byRoom.has(note.room) || closing.signal.aborted) return
    if (leads(tools)) return wakeRoom(note.room)
    written.add(note.room)
    telling ??= later(joinMs, tell)
  })
  onChange(tools, 'outgoing', ({ rooms }) => {
    if (rooms === undefined) void look()
    else if (leads(tools)) for (const room of rooms) wakeRoom(room)
  })
  tools.bus.onNode(() => void look())
  onDistrust(tools, () => void look())
  const timer = setInterval(() => {
    // A node that is alone has heard of everything.
    if (webhooks.size > 0 || tools.bus.others().size > 0) void look()
  }, lookEveryMs)
  timer.unref?.()
  void begin()

  return async () => {
    closing.abort()
    clearInterval(timer)
    clearTimeout(telling)
    for (const { timer } of webhooks.values()) clearTimeout(timer)
    await Promise.race([Promise.all(working), Bun.sleep(lastSendMs)])
    abort.abort()
    await Promise.all(working)
    if (webhooks.size > 0) await releaseWebhooks(tools.sql, tools.bus.node).catch(() => undefined)
  }
}
