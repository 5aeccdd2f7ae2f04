import { onChange, onDistrust, type Tools } from '../../scope.ts'
import { createSlots } from '../../slots.ts'
import { messageFor } from './message.ts'
import { createPace } from './pace.ts'
import { isQuietNow } from './quiet.ts'
import { sendPush } from './send.ts'
import {
  type Call,
  type Called,
  checkCalls,
  hasSubscriptions,
  listCalls,
  type Place,
  removeSubscription,
} from './store.ts'
import { createTakeBack } from './take-back.ts'

const checkedAtOnce = 20
/** What was checked longer ago is checked again before it is sent. */
const freshMs = 1000
const mostSending = 64
const mostOfOnePerson = 4
/** How many may wait for a slot before the others are read. */
const mostPending = 2000
/** Only the newest messages of a room: more of them are one notification anyway. */
const mostOfRoom = 50
const mostRooms = 10_000
/** What comes due within this time is looked up together. */
const joinMs = 200
/** What has been stored when the server stops is still sent, for so long. */
const lastMs = 2000

type Waiting = { seq: number; at: number; mayMean: boolean }

/**
 * Calls people who are not looking: soon after a message is stored, outside of its way, the node that stored it asks the database whom
 * it calls, and sends. Nothing of it is stored: a mention is counted by the server, whatever becomes of its push. Returns how to stop.
 */
export function startPush(tools: Tools): () => Promise<void> {
  const waiting = new Map<number, Waiting[]>()
  let again: Call[] = []
  const pending = new Set<Promise<void>>()
  const inSlot = createSlots(mostSending, mostOfOnePerson)
  const takeBack = createTakeBack(tools)
  const pace = createPace(tools.policy, (calls) => {
    again.push(...calls)
    wake(0)
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let work: Promise<void> | undefined
  let isUsed = false
  let ending = false
  let stopped = false

  function add({ roomKey, seq }: Place, text: string): void {
    const places = waiting.get(roomKey) ?? []
    if (places.length === 0 && waiting.size >= mostRooms) return
    if (places.length >= mostOfRoom) {
      const least = Math.max(
        0,
        places.findIndex(({ mayMean }) => !mayMean),
      )
      // The next one takes its time: where messages never cease, none of the newest would ever have waited for long enough.
      const [{ at }] = places.splice(least, 1) as [Waiting]
      if (places[least]) places[least].at = at
    }
    // It may mean somebody if it has an @ or is a reply. Only the database says whether it does.
    places.push({ seq, at: performance.now(), mayMean: /@|"reply_to"/.test(text) })
    waiting.set(roomKey, places)
    wake(tools.policy.pushAfterMs)
  }

  function wake(waitMs: number): void {
    if (timer !== undefined || work || stopped) return
    timer = setTimeout(() => {
      timer = undefined
      work = callDue().finally(() => {
        work = undefined
        next()
      })
    }, waitMs)
    timer.unref?.()
  }

  function next(): void {
    if (again.length > 0) return wake(0)
    const oldest = Math.min(...[...waiting.values()].map(([first]) => first!.at))
    if (waiting.size > 0) wake(Math.max(joinMs, oldest + tools.policy.pushAfterMs - performance.now()))
  }

  /** What waits for long enough; everything, when the server stops. */
  function takeDue(): Place[] {
    const until = performance.now() - (ending ? 0 : tools.policy.pushAfterMs - joinMs / 2)
    const due: Place[] = []
    for (const [roomKey, places] of waiting) {
      const isDue = ({ at }: Waiting) => at <= until
      due.push(...places.filter(isDue).map(({ seq }) => ({ roomKey, seq })))
      const left = places.filter((place) => !isDue(place))
      if (left.length > 0) waiting.set(roomKey, left)
      else waiting.delete(roomKey)
    }
    return due
  }

  async function callDue(): Promise<void> {
    try {
      const places = takeDue()
      const calls = again.concat(places.length > 0 ? await listCalls(tools.sql, places, tools.clock()) : [])
      again = []
      for (let at = 0; at < calls.length && !stopped; ) {
        // All calls of a device are in one page.
        let end = Math.min(at + checkedAtOnce, calls.length)
        while (end < calls.length && calls[end]!.id === calls[end - 1]!.id) end++
        await callPage(calls.slice(at, end))
        at = end
      }
    } catch (error) {
      if (!stopped) tools.log.warn('push messages could not be sent', { error })
    }
  }

  async function callPage(calls: Call[]): Promise<void> {
    const checkedAt = performance.now()
    for (const one of perRoom(await check(calls))) {
      if (!pace.maySend(one)) continue
      const sending = inSlot(one.userId, () => send(one, checkedAt))
        .catch((error) => {
          if (!stopped) tools.log.warn('a push message could not be sent', { error })
        })
        .finally(() => pending.delete(sending))
      pending.add(sending)
      if (pending.size >= mostPending) await Promise.race(pending)
    }
  }

  async function check(calls: Call[]): Promise<Called[]> {
    const called = await checkCalls(tools.sql, calls, tools.clock())
    return called.filter(({ quietHours }) => !isQuietNow(tools, quietHours))
  }

  /** One of each room and device: what calls most, and of that the newest. */
  function perRoom(called: Called[]): Called[] {
    return [...Map.groupBy(called, ({ id, roomKey }) => `${id} ${roomKey}`).values()].map(
      (ofRoom) => ofRoom.findLast(({ kind }) => kind !== 'all') ?? ofRoom.at(-1)!,
    )
  }

  async function send(listed: Called, checkedAt: number): Promise<void> {
    const isFresh = performance.now() - checkedAt < freshMs
    const called = isFresh ? listed : (await check([listed]))[0]
    const message = called && (await messageFor(tools, called))
    if (!called || !message || stopped) return
    const sent = await sendPush(tools, called, message)
    tools.metrics.pushes.add(sent)
    if (sent === 'gone') await removeSubscription(tools.sql, called.id)
    if (sent === 'sent') takeBack.show(called)
    if (sent === 'later') pace.failed(called)
    else pace.succeeded(called)
  }

  tools.bus.subscribe((note, node) => {
    if (!isUsed || stopped) return
    if (note.to === 'log' && !note.here && node === tools.bus.node) {
      if (note.text?.startsWith('{"type":"message.created"'))
        add({ roomKey: note.room, seq: note.seq }, note.text)
    } else if (note.to === 'user') takeBack.hear(note.user, note.text, pending.size > 0)
  })
  onChange(tools, 'push', () => {
    isUsed = true
  })
  const ask = (): void => {
    if (isUsed) return
    void hasSubscriptions(tools.sql).then(
      (some) => {
        isUsed ||= some
      },
      // Better a question too many than a call that is not made.
      () => {
        isUsed = true
      },
    )
  }
  // Another node may have said that somebody subscribed, and this one has not heard it.
  onDistrust(tools, ask)
  ask()

  /** Everything that was stored has been waiting by now. */
  async function sendLast(): Promise<void> {
    await work
    await callDue()
    while (pending.size > 0 && !stopped) await Promise.race(pending)
  }

  return async () => {
    ending = true
    pace.stop()
    clearTimeout(timer)
    timer = undefined
    await Promise.race([sendLast(), Bun.sleep(lastMs)])
    stopped = true
    clearTimeout(timer)
    pace.stop()
  }
}
