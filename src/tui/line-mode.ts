import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Client } from '../sdk/client.ts'
import { RequestError } from '../sdk/errors.ts'
import { type ClientEvent, type Pending, roomOf } from '../sdk/state.ts'
import { endingOf, whyNotSent } from './error-text.ts'
import { enterRoom, keepRoomsLive, whenOnline } from './live.ts'
import { cut, plainLine } from './text.ts'

export type LinesOptions = {
  client: Client
  room: string | undefined
  /** Each line is a message. */
  input: Readable | undefined
  /** Goes on printing what happens until `stopped`. */
  follow: boolean
  json: boolean
  print(line: string): void
  complain(line: string): void
  stopped: Promise<unknown>
}

/** Sends may wait for their answers so many at a time: a long file is not read into memory. */
const mostPending = 100
/** So much of a line that was refused that one knows which it was. */
const shownColumns = 40

/** The chat without a screen, for scripts. Answers the exit code. */
export async function chatInLines(options: LinesOptions): Promise<number> {
  const { client, room, input, follow, complain } = options
  // Nobody waits for a server that was never there; one that goes away later is waited for.
  await client.rest('GET', '/users/me')
  const over = Promise.race([whenEnded(client), options.stopped.then(() => 0)])
  let refused = 0

  if (follow) listen(options)
  client.connect()
  const work = async () => {
    if ((await whenOnline(client)) === 'ended') return over
    if (input && room !== undefined) await enterRoom(client, room)
    if (follow && room !== undefined) await client.room(room).open({ history: 0 })
    if (follow && room === undefined) keepRoomsLive(client, (id) => complain(`the room ${id} does not open`))
    if (input && room !== undefined) refused = await sendAll(client, room, input, complain)
    return follow ? over : refused > 0 ? 1 : 0
  }
  const code = await Promise.race([work(), over])
  if (client.state.status === 'ended') complain(endingOf(client.state.endedBecause))
  return refused > 0 ? 1 : code
}

function whenEnded(client: Client): Promise<number> {
  return new Promise((resolve) => {
    client.subscribe(({ status }) => status === 'ended' && resolve(1))
  })
}

/** Sends line after line, and waits until all are stored. Answers how many were refused. */
async function sendAll(
  client: Client,
  room: string,
  input: Readable,
  complain: (line: string) => void,
): Promise<number> {
  let refused = 0
  const onTheirWay = () => {
    const pending = roomOf(client.state, room)?.pending ?? []
    for (const each of pending.filter(({ state }) => state === 'failed')) {
      refused++
      complain(plainLine(`not sent: ${whyNotSent(each)}: ${cut(each.content, shownColumns)}`))
      client.room(room).discard(each.client_id)
    }
    return pending.filter(({ state, seq }: Pending) => state === 'sending' && seq === undefined).length
  }
  const fewerThan = (most: number) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!roomOf(client.state, room))
          settle(() => reject(new RequestError('gone', `The room ${room} is gone`)))
        else if (onTheirWay() < most) settle(resolve)
      }
      const settle = (how: () => void) => {
        stop()
        how()
      }
      const stop = client.subscribe(() => queueMicrotask(look))
      look()
    })
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!line.trim()) continue
    void client.room(room).send(line)
    await fewerThan(mostPending)
  }
  await fewerThan(1)
  return refused
}

function listen({ client, room, json, print, complain }: LinesOptions): void {
  client.on('*', (event) => {
    const { room: where } = event as { room?: string | { id: string } }
    const id = typeof where === 'object' ? where.id : where
    if (room !== undefined && id !== undefined && id !== room) return
    if (json) print(jsonLine(event))
    else if (event.type === 'message.created') print(textLine(event, room === undefined))
    else if (event.type === 'room.reset')
      complain(`the room ${event.room} begins anew: some of what was said is not shown`)
  })
}

/** JSON leaves these as they are, and some terminals obey them. */
const jsonLine = (event: ClientEvent): string =>
  JSON.stringify(event).replace(/[\u007f-\u009f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)

/** One message, one line. */
function textLine({ message }: Extract<ClientEvent, { type: 'message.created' }>, withRoom: boolean): string {
  const words = message.content.replace(/\r\n?|\n/g, ' ⏎ ')
  return plainLine(`${withRoom ? `[${message.room}] ` : ''}${message.author.username}: ${words}`)
}
