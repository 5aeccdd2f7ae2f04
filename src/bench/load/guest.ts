import { entryOf } from '../history.ts'
import type { Recorder } from '../recorder.ts'

type Room = { id: string; epoch: string }

type Options = {
  username: string
  token: string
  url: string
  rooms: readonly Room[]
  /** How many of its messages may be unacknowledged; 0 only listens. */
  window: number
  recorder: Recorder
  /** A message it sent was acknowledged. */
  answered(sentAtUs: number): void
  delivered(): void
  /** It listens to all of its rooms again, after each connection. */
  seated?(): void
  presence?(): void
}

/** Bun's own method: the standard has no way to drop a connection without a close frame. */
type Terminable = WebSocket & { terminate(): void }
type Frame = { type: string; ref?: string; data?: Record<string, unknown>; code?: string }
type Event = Parameters<typeof entryOf>[0]
type Sending = { room: string; clientId: string; content: string; sentAtUs: number }

/** The codes of final refusals; other refusals are retried. */
const finalCodes = new Set(['bad_request', 'invalid', 'forbidden', 'not_found', 'conflict', 'too_large'])

export type Guest = ReturnType<typeof createGuest>

/** A client on `/ws` that records everything: it reconnects after a close, resumes, and repeats unacknowledged messages. */
export function createGuest(
  { username, token, url, rooms, window, recorder, answered, delivered, seated, presence }: Options,
  nowUs: () => number,
) {
  // Client ids must stay unique over all rounds of a bench.
  const session = `${username}-${crypto.randomUUID().slice(0, 8)}`
  const positions = new Map(rooms.map(({ id }) => [id, 0]))
  let unanswered: Sending[] = []
  let talking = false
  let leaving = false
  let sent = 0
  let connections = 0
  let unseated = 0
  let refused = 0
  let socket: WebSocket | undefined
  let away: { room: string; done: () => void } | undefined

  function connect(): void {
    const current = new WebSocket(`${url.replace('http', 'ws')}/ws?token=${token}`)
    socket = current
    current.onmessage = ({ data }) => {
      if (current === socket) hear(JSON.parse(String(data)) as Frame)
    }
    current.onclose = ({ code }) => {
      if (current === socket) lost(code)
    }
    current.onerror = () => undefined
  }

  function lost(code: number): void {
    socket = undefined
    recorder.note({ what: 'close', who: username, code })
    for (const { clientId } of unanswered)
      recorder.note({ what: 'unknown', who: username, client_id: clientId })
    if (!leaving) setTimeout(connect, 10 + Math.random() * 40)
  }

  function hear(frame: Frame): void {
    if (frame.type === 'hello') return greet()
    if (frame.type === 'reply' || frame.type === 'error') return hearAnswer(frame)
    if (frame.type === 'presence.changed') return presence?.()
    if ('seq' in frame && 'room' in frame) note(String(frame.room), frame as unknown as Event, true)
  }

  function greet(): void {
    connections++
    unseated = rooms.length
    recorder.note({ what: 'open', who: username })
    // If it was leaving and rejoining a room, it may be out of the room now.
    if (away) sendCommand({ type: 'room.join', ref: 'join', room: away.room })
    for (const room of rooms) if (room.id !== away?.room) subscribe(room)
    for (const sending of unanswered) say(sending)
    fill()
  }

  function subscribe({ id, epoch }: Room): void {
    const since = { epoch, seq: positions.get(id) ?? 0 }
    sendCommand({ type: 'room.subscribe', ref: `subscribe ${id}`, room: id, since })
  }

  function hearAnswer(frame: Frame): void {
    const { ref = '', data = {}, code } = frame
    const [what, room] = ref.split(' ')
    if (what === 'subscribe' && room !== undefined) {
      if (!code) hearSubscribed(room, data as never)
      // A subscription refused while leaving is requested again after rejoining.
      else if (!finalCodes.has(code)) socket?.close()
    } else if (what === 'leave') sendCommand({ type: 'room.join', ref: 'join', room: away?.room })
    else if (what === 'join') comeBack()
    else hearStored(ref, frame)
  }

  function hearSubscribed(
    id: string,
    answer: { mode: string; head: number; events?: Event[]; more?: boolean },
  ): void {
    const { mode, head, events = [], more } = answer
    recorder.note({ what: 'open', who: username, room: id, mode, head })
    if (mode === 'reset') positions.set(id, head)
    for (const event of events) note(id, event, false)
    if (more) subscribe(rooms.find((room) => room.id === id)!)
    else if (--unseated === 0) seated?.()
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
    if (code !== undefined && !finalCodes.has(code)) return socket?.close()
    if (code !== undefined) {
      refused++
      recorder.note({ what: 'fail', who: username, client_id: clientId, code })
    } else recorder.note({ what: 'ok', who: username, client_id: clientId, seq: Number(data?.seq) })
    answered(sending.sentAtUs)
    unanswered = unanswered.filter((each) => each !== sending)
    fill()
  }

  function note(room: string, event: Event, live: boolean): void {
    const { seq, clientId } = entryOf(event)
    const about = clientId === undefined ? {} : { client_id: clientId }
    recorder.note({ what: 'receive', who: username, room, seq, ...about, ...(live ? { live } : {}) })
    positions.set(room, seq)
    delivered()
  }

  function fill(): void {
    while (talking && unanswered.length < window) {
      const { id: room } = rooms[Math.floor(Math.random() * rooms.length)]!
      const clientId = `${session}-${++sent}`
      const sending = { room, clientId, content: `${clientId} says something to ${room}`, sentAtUs: nowUs() }
      unanswered.push(sending)
      recorder.note({ what: 'invoke', who: username, room, client_id: clientId, content: sending.content })
      say(sending)
      if (sent % 10 === 0) react(room)
    }
  }

  function react(room: string): void {
    const seq = positions.get(room)
    if (seq) sendCommand({ type: 'reaction.add', ref: 'react', room, seq, emoji: '👍' })
  }

  function say({ room, clientId, content }: Sending): void {
    sendCommand({ type: 'message.send', ref: clientId, room, content, client_id: clientId })
  }

  function sendCommand(command: object): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command))
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
      fill()
    },
    fallSilent(): void {
      talking = false
    },
    /** Drops its connection without a close frame, as in a tunnel. */
    drop: () => (socket as Terminable | undefined)?.terminate(),
    /** Leaves a room and rejoins it. */
    leaveAndReturn: (room: string): Promise<void> =>
      new Promise((done) => {
        if (away) return done()
        away = { room, done }
        sendCommand({ type: 'room.leave', ref: 'leave', room })
      }),
    close(): void {
      leaving = true
      socket?.close()
    },
  }
}
