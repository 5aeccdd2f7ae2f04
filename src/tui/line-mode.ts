import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Client } from '../sdk/client.ts'
import { failure } from '../sdk/errors.ts'
import { type ClientEvent, type Pending, roomOf } from '../sdk/state.ts'
import { printedText } from '../text/markdown/printed.ts'
import { plainJson, plainLine } from '../text/plain.ts'
import { noteAbsent } from './absent.ts'
import { endingOf } from './error-text.ts'
import { withNames } from './file-lines.ts'
import { joinOnce, keepRoomsLive, whenOnline } from './live.ts'
import { cut } from './text.ts'

type LinesOptions = {
  client: Client
  room: string | undefined
  /** Each line of it is sent as a message. */
  input: Readable | undefined
  /** Prints what happens until `stopped`. */
  follow: boolean
  json: boolean
  print(line: string): void
  complain(line: string): void
  stopped: Promise<unknown>
}

/** At most this many messages wait for their reply, so that a long file is not read into memory at once. */
const mostPending = 100
/** How much of a refused line is printed to identify it. */
const shownColumns = 40

/** The chat without a screen, for scripts. Resolves to the exit code. */
export async function chatInLines(options: LinesOptions): Promise<number> {
  const { client, room, input, follow, complain } = options
  // Fails if the server cannot be reached at the start. If it goes away later, the client reconnects.
  await client.rest('GET /users/me')
  const over = Promise.race([whenEnded(client), options.stopped.then(() => 0)])
  let refused = 0

  if (follow) listen(options)
  client.connect()
  const work = async () => {
    if ((await whenOnline(client)) === 'ended') return over
    if (input && room !== undefined) await joinOnce(client, room)
    if (follow && room !== undefined) await client.room(room).open({ history: 0 })
    if (follow && room === undefined) keepRoomsLive(client, (id) => complain(`cannot open the room ${id}`))
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

/** Sends line after line, and waits until all are stored. Resolves to how many were refused. */
async function sendAll(
  client: Client,
  room: string,
  input: Readable,
  complain: (line: string) => void,
): Promise<number> {
  let refused = 0
  const countSending = () => {
    const pending = roomOf(client.state, room)?.pending ?? []
    for (const each of pending.filter(({ state }) => state === 'failed')) {
      refused++
      complain(plainLine(`not sent: ${cut(each.content, shownColumns)}: ${each.error?.message}`))
      client.room(room).discard(each.client_id)
    }
    return pending.filter(({ state, seq }: Pending) => state === 'sending' && seq === undefined).length
  }
  const fewerThan = (most: number) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!roomOf(client.state, room)) settle(() => reject(failure('room_closed')))
        else if (countSending() < most) settle(resolve)
      }
      const settle = (how: () => void) => {
        stop()
        how()
      }
      const stop = client.subscribe(() => queueMicrotask(check))
      check()
    })
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!line.trim()) continue
    noteAbsent(client.room(room).send(line), complain)
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
      complain(`the room ${event.room} was loaded again: some messages are not shown`)
  })
}

const jsonLine = (event: ClientEvent): string => plainJson(JSON.stringify(event))

/** One message, one line. */
function textLine({ message }: Extract<ClientEvent, { type: 'message.created' }>, withRoom: boolean): string {
  const text = withNames(printedText(message.content), message).replaceAll('\n', ' ⏎ ')
  return plainLine(`${withRoom ? `[${message.room}] ` : ''}${message.author.username}: ${text}`)
}
