import { entryOf, type Listener, type Send } from '../../src/bench/history.ts'

type Room = { id: string; epoch: string }

type Options = {
  name: string
  token: string
  /** Resolves while the server is up, waits while it is down. */
  url(): Promise<string>
  /** Subscribed with resume over every reconnection. */
  listensTo?: Room[]
  /** Sent to at full pace, this many unanswered at a time. */
  sendsTo?: Room[]
  window?: number
}

export type Client = {
  sends: Send[]
  listeners: Listener[]
  refusals: string[]
  connections(): number
  unanswered(): number
  /** Sends nothing new; resolves when everything sent is answered. */
  finish(): Promise<void>
  headOf(room: string): number
  close(): void
}

type Frame = { type: string; ref?: string; data?: Record<string, unknown>; code?: string; message?: unknown }
type Subscribed = { mode: string; head: number; events?: Numbered[]; more?: boolean }
type Numbered = Parameters<typeof entryOf>[0]

/** A client that never gives up: it comes back after every close, resumes, and repeats what was not answered. */
export function startClient({ name, token, url, listensTo = [], sendsTo = [], window = 8 }: Options): Client {
  const sends: Send[] = []
  let unanswered: Send[] = []
  const listeners = new Map<string, Listener>(
    listensTo.map(({ id }) => [id, { name, room: id, heard: [], resets: [] }]),
  )
  const positions = new Map<string, number>()
  const refusals: string[] = []
  let connections = 0
  let finishing: (() => void) | undefined
  let closed = false
  let socket: WebSocket | undefined

  async function connect(): Promise<void> {
    if (closed) return
    const address = (await url()).replace('http', 'ws')
    if (closed) return
    const current = new WebSocket(`${address}/ws?token=${token}`)
    socket = current
    current.onmessage = ({ data }) => hear(JSON.parse(String(data)))
    current.onclose = () => setTimeout(() => void connect(), 10 + Math.random() * 40)
  }

  function hear(frame: Frame): void {
    if (frame.type === 'hello') return greet()
    if (frame.type === 'error') return refuse(frame)
    if (frame.type === 'reply') return hearReply(frame)
    if ('seq' in frame && 'room' in frame) note(String(frame.room), frame as unknown as Numbered)
  }

  function greet(): void {
    connections++
    for (const room of listensTo) subscribe(room)
    for (const send of unanswered) say(send)
    if (sendsTo.length > 0) fill()
  }

  function subscribe({ id, epoch }: Room): void {
    const seq = headOf(id)
    tell({ type: 'room.subscribe', ref: `subscribe ${id}`, room: id, since: { epoch, seq } })
  }

  function hearReply({ ref = '', data = {} }: Frame): void {
    if (ref.startsWith('subscribe ')) return hearSubscribed(ref.slice('subscribe '.length), data as never)
    const send = unanswered.find(({ clientId }) => clientId === ref)
    if (!send) return
    send.ack = Number(data.seq)
    send.storedAt = String(data.created_at)
    unanswered = unanswered.filter((other) => other !== send)
    fill()
  }

  function hearSubscribed(room: string, { mode, head, events = [], more }: Subscribed): void {
    const listener = listeners.get(room)!
    if (mode === 'reset') {
      listener.resets.push(listener.heard.length)
      positions.set(room, head)
    }
    for (const event of events) note(room, event)
    if (more) subscribe(listensTo.find(({ id }) => id === room)!)
  }

  function note(room: string, event: Numbered): void {
    const { seq, clientId } = entryOf(event)
    listeners.get(room)?.heard.push(clientId === undefined ? { seq } : { seq, clientId })
    positions.set(room, seq)
  }

  /** A refused send leaves the order unclear: come back, and repeat all that is unanswered in its order. */
  function refuse({ ref, code }: Frame): void {
    refusals.push(`${name}: ${code} for ${ref}`)
    socket?.close()
  }

  function fill(): void {
    while (!finishing && unanswered.length < window) {
      const room = sendsTo[Math.floor(Math.random() * sendsTo.length)]!.id
      const clientId = `${name}-${sends.length + 1}`
      const send: Send = { sender: name, room, clientId, content: `${clientId} to ${room}` }
      sends.push(send)
      unanswered.push(send)
      say(send)
    }
    if (unanswered.length === 0) finishing?.()
  }

  function say({ room, clientId, content }: Send): void {
    tell({ type: 'message.send', ref: clientId, room, content, client_id: clientId })
  }

  function tell(command: object): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command))
  }

  const headOf = (room: string): number => positions.get(room) ?? 0

  void connect()
  return {
    sends,
    listeners: [...listeners.values()],
    refusals,
    connections: () => connections,
    unanswered: () => unanswered.length,
    finish: () =>
      new Promise((resolve) => {
        finishing = resolve
        if (unanswered.length === 0) resolve()
      }),
    headOf,
    close() {
      closed = true
      socket?.close()
    },
  }
}
