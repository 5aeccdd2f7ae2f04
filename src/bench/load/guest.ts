import { entryOf } from '../history.ts'
import type { GuestOptions, Room } from './guest-options.ts'

/** Bun's own method: the standard has no way to drop a connection without a close frame. */
type Terminable = WebSocket & { terminate(): void }
type Frame = { type: string; ref?: string; data?: Record<string, unknown>; code?: string; room?: unknown }
type Event = Parameters<typeof entryOf>[0]
type Sending = { room: string; clientId: string; content: string; sentAtUs: number; saidAtUs: number }

const retryMs = { least: 25, most: 1000 }
/** How long it waits before it subscribes again to a room that it was removed from. */
const knockMs = 300
/** How many messages it sends at once when it has a pace. */
const mostAtOnce = 4

/** The codes of final refusals; other refusals are retried. */
const finalCodes = new Set(['bad_request', 'invalid', 'forbidden', 'not_found', 'conflict', 'too_large'])

export type Guest = ReturnType<typeof createGuest>

/** A client on `/ws` that records everything: it reconnects after a close, resumes, and repeats unacknowledged messages. */
export function createGuest(
  {
    username,
    token,
    address,
    rooms,
    talksIn = rooms,
    window,
    startsAtHead = false,
    recorder,
    paceMs,
    patienceMs,
    answered,
    delivered,
    seated,
    presence,
  }: GuestOptions,
  nowUs: () => number,
) {
  // Client ids must stay unique over all rounds of a bench.
  const session = `${username}-${crypto.randomUUID().slice(0, 8)}`
  const positions = new Map(startsAtHead ? [] : rooms.map(({ id }) => [id, 0]))
  /** The subscriptions without a reply, by room. */
  const asked = new Map<string, { since: number; atUs: number }>()
  let unanswered: Sending[] = []
  let talking = false
  let leaving = false
  let sent = 0
  let connections = 0
  let unseated = 0
  let refused = 0
  let backOffMs = retryMs.least
  let socket: WebSocket | undefined
  let givenUp: WebSocket | undefined
  let connectingSinceUs = Number.POSITIVE_INFINITY
  /** From `hello` on: what was not answered before is sent before anything new. */
  let isGreeted = false
  let away: { room: string; done: () => void } | undefined
  const watch = patienceMs === undefined ? undefined : setInterval(() => giveUpIfSilent(patienceMs), 250)

  function connect(): void {
    if (leaving) return
    const { url, node } = address()
    const current = new WebSocket(`${url.replace('http', 'ws')}/ws?token=${token}`)
    socket = current
    connectingSinceUs = nowUs()
    current.onmessage = ({ data }) => {
      if (current === socket) hear(JSON.parse(String(data)) as Frame, node)
    }
    current.onclose = ({ code }) => {
      if (current === socket) lost(code, current === givenUp ? { gave_up: true } : {})
    }
    current.onerror = () => undefined
  }

  function lost(code: number, gaveUp: { gave_up?: true } = {}): void {
    socket = undefined
    isGreeted = false
    connectingSinceUs = Number.POSITIVE_INFINITY
    asked.clear()
    recorder.note({ what: 'close', who: username, code })
    for (const sending of unanswered) {
      sending.saidAtUs = Number.POSITIVE_INFINITY
      recorder.note({ what: 'unknown', who: username, client_id: sending.clientId, ...gaveUp })
    }
    if (leaving) return
    setTimeout(connect, backOffMs * (0.4 + Math.random() * 1.6))
    backOffMs = Math.min(retryMs.most, backOffMs * 2)
  }

  /** A server that is frozen or cut off says nothing, not even that it is gone. */
  function giveUpIfSilent(mostMs: number): void {
    const waiting = [...asked.values()].map(({ atUs }) => atUs)
    const sinceUs = Math.min(connectingSinceUs, ...waiting, ...unanswered.map(({ saidAtUs }) => saidAtUs))
    const current = socket
    if (!current || nowUs() - sinceUs < mostMs * 1000) return
    lost(0, { gave_up: true })
    ;(current as Terminable).terminate()
  }

  /** What is on its way on it is not heard any more, and may be a refusal for the moment. */
  function giveUp(end: (current: WebSocket) => void): void {
    givenUp = socket
    if (socket) end(socket)
  }

  function hear(frame: Frame, node: number | undefined): void {
    if (frame.type === 'hello') return greet(node)
    if (frame.type === 'reply' || frame.type === 'error') return hearAnswer(frame)
    if (frame.type === 'presence.changed') return presence?.()
    if (frame.type === 'room.closed') return subscribeAgain(String(frame.room))
    if ('seq' in frame && 'room' in frame) note(String(frame.room), frame as unknown as Event, true)
  }

  function greet(node: number | undefined): void {
    connections++
    isGreeted = true
    connectingSinceUs = Number.POSITIVE_INFINITY
    unseated = rooms.length
    recorder.note({ what: 'open', who: username, ...(node === undefined ? {} : { node }) })
    // If it was leaving and rejoining a room, it may be out of the room now.
    joinAgain()
    for (const room of rooms) if (room.id !== away?.room) subscribe(room)
    for (const sending of unanswered) say(sending)
    if (paceMs === undefined) fill()
  }

  function subscribe({ id, epoch }: Room): void {
    if (asked.has(id)) return
    const seq = positions.get(id)
    const since = seq === undefined ? {} : { since: { epoch, seq } }
    if (sendCommand({ type: 'room.subscribe', ref: `subscribe ${id}`, room: id, ...since }))
      asked.set(id, { since: seq ?? 0, atUs: nowUs() })
  }

  /** Others have removed it, and will add it again: it knocks until it is let in. */
  function subscribeAgain(id: string): void {
    const room = rooms.find((each) => each.id === id)
    const current = socket
    if (room && away?.room !== id)
      setTimeout(() => current === socket && away?.room !== id && subscribe(room), knockMs)
  }

  function hearAnswer(frame: Frame): void {
    const { ref = '', data = {}, code } = frame
    const [what, room] = ref.split(' ')
    if (what === 'subscribe' && room !== undefined) {
      const { since = 0 } = asked.get(room) ?? {}
      asked.delete(room)
      if (!code) hearSubscribed(room, since, data as never)
      // A subscription refused while leaving is requested again after rejoining.
      else if (finalCodes.has(code)) subscribeAgain(room)
      else giveUp((current) => current.close())
    } else if (what === 'leave') joinAgain()
    // Without this the history would say that it is in the room, and it would wait outside.
    else if (what === 'join' && code && !finalCodes.has(code)) setTimeout(joinAgain, knockMs)
    else if (what === 'join') comeBack()
    else hearStored(ref, frame)
  }

  function hearSubscribed(
    id: string,
    since: number,
    answer: { mode: string; head: number; events?: Event[]; more?: boolean },
  ): void {
    const { head, events = [], more } = answer
    // Whatever came before is not expected of it.
    const mode = positions.has(id) ? answer.mode : 'reset'
    backOffMs = retryMs.least
    recorder.note({ what: 'open', who: username, room: id, mode, head })
    if (mode === 'reset') positions.set(id, head)
    const heard = positions.get(id) ?? 0
    // What came live since it asked comes again if it was subscribed already.
    for (const event of events) if (event.seq <= since || event.seq > heard) note(id, event, false)
    if (more) subscribe(rooms.find((room) => room.id === id)!)
    else if (--unseated === 0) seated?.()
  }

  function joinAgain(): void {
    if (away) sendCommand({ type: 'room.join', ref: 'join', room: away.room })
  }

  function comeBack(): void {
    const room = rooms.find(({ id }) => id === away?.room)
    if (room) subscribe(room)
    away?.done()
    away = undefined
  }

  function hearStored(clientId: string, { code, data }: Frame): void {
    const sending = unanswered.find((each) => each.clientId === clientId)
    if (!sending) return
    // After a temporary refusal the order is unclear: reconnect, and repeat all unacknowledged messages in order.
    if (code !== undefined && !finalCodes.has(code)) {
      recorder.note({ what: 'refused', who: username, client_id: clientId, code })
      return giveUp((current) => current.close())
    }
    backOffMs = retryMs.least
    if (code !== undefined) {
      refused++
      recorder.note({ what: 'fail', who: username, client_id: clientId, code })
    } else recorder.note({ what: 'ok', who: username, client_id: clientId, seq: Number(data?.seq) })
    answered(sending.sentAtUs)
    unanswered = unanswered.filter((each) => each !== sending)
    if (paceMs === undefined) fill()
  }

  function note(room: string, event: Event, live: boolean): void {
    const { seq, clientId, left } = entryOf(event)
    const about = clientId === undefined ? {} : { client_id: clientId }
    recorder.note({ what: 'receive', who: username, room, seq, ...about, ...(live ? { live } : {}) })
    positions.set(room, seq)
    delivered()
    if (live && left === username) subscribeAgain(room)
  }

  function fill(most = Number.POSITIVE_INFINITY): void {
    for (let more = most; talking && more > 0 && unanswered.length < window; more--) {
      const { id: room } = talksIn[Math.floor(Math.random() * talksIn.length)]!
      const clientId = `${session}-${++sent}`
      const content = `${clientId} says something to ${room}`
      const sending = { room, clientId, content, sentAtUs: nowUs(), saidAtUs: Number.POSITIVE_INFINITY }
      unanswered.push(sending)
      recorder.note({ what: 'invoke', who: username, room, client_id: clientId, content: sending.content })
      say(sending)
      const seq = positions.get(room)
      if (sent % 10 === 0 && seq) sendCommand({ type: 'reaction.add', ref: 'react', room, seq, emoji: '👍' })
    }
  }

  function fillAtPace(): void {
    fill(1 + Math.floor(Math.random() * mostAtOnce))
    if (talking) setTimeout(fillAtPace, paceMs! * (0.5 + Math.random()))
  }

  function say(sending: Sending): void {
    const { room, clientId, content } = sending
    if (sendCommand({ type: 'message.send', ref: clientId, room, content, client_id: clientId }))
      sending.saidAtUs = nowUs()
  }

  /** False without a connection. */
  function sendCommand(command: object): boolean {
    if (!isGreeted || socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(command))
    return true
  }

  // From here on it listens to these rooms, so a room that it never hears counts as missing.
  for (const { id } of rooms) recorder.note({ what: 'open', who: username, room: id })
  connect()
  return {
    isConnected: () => connections > 0,
    unanswered: () => unanswered.length,
    refused: () => refused,
    positionIn: (room: string): number => positions.get(room) ?? 0,
    isAway: () => away !== undefined,
    talk(): void {
      talking = true
      if (paceMs === undefined) fill()
      else setTimeout(fillAtPace, paceMs * Math.random())
    },
    fallSilent(): void {
      talking = false
    },
    /** Drops its connection without a close frame, as in a tunnel. */
    drop: () => giveUp((current) => (current as Terminable).terminate()),
    /** Leaves a room and rejoins it. */
    leaveAndReturn: (room: string): Promise<void> =>
      new Promise((done) => {
        if (away) return done()
        away = { room, done }
        sendCommand({ type: 'room.leave', ref: 'leave', room })
      }),
    close(): void {
      leaving = true
      clearInterval(watch)
      socket?.close()
    },
  }
}
