import { sleepUntilUs } from '../clock.ts'
import { note, type Spread } from '../spread.ts'
import { createSeqReader } from './events.ts'
import type { Go, Ready, Result, RoomsJob } from './job.ts'
import { measured } from './measured.ts'
import { type Hall, Seat } from './seat.ts'

/** At most this many connect at once: the bench measures chat, not a queue of handshakes. */
const mostKnocking = 64
const joinPatienceMs = 60_000
const drainPatienceMs = 5_000
const quietMs = 200

/** Connects all seats, talks from `startUs` to `endUs`, and counts from `measureUs` on. */
export async function driveRooms(
  job: RoomsJob,
  tell: (ready: Ready) => void,
  go: () => Promise<Go | undefined>,
): Promise<Result> {
  const readers = new Map<string, ReturnType<typeof createSeqReader>>()
  const latency: Spread = {}
  const tally = { messages: 0, deliveries: 0, heardAtMs: 0, joined: 0, closed: 0, measuring: false }
  let firstClose: string | undefined
  let waiting: (() => void) | undefined

  const hall: Hall = {
    port: job.port,
    dialect: job.dialect,
    window: job.window,
    talking: false,
    seqs(room) {
      const reader = readers.get(room) ?? createSeqReader(job.dialect)
      readers.set(room, reader)
      return reader
    },
    heard(latencyUs, own) {
      if (!tally.measuring) return
      tally.deliveries++
      if (own) tally.messages++
      if (latencyUs !== undefined) note(latency, latencyUs)
    },
    joined() {
      tally.joined++
      waiting?.()
    },
    gone(_seat, why) {
      tally.closed++
      firstClose ??= why
      waiting?.()
    },
  }

  const seats = job.seats.map((seat) => new Seat(hall, seat))
  const deadline = performance.now() + joinPatienceMs
  for (const [index, seat] of seats.entries()) {
    while (index - tally.joined - tally.closed >= mostKnocking && performance.now() < deadline)
      await new Promise<void>((resolve) => {
        waiting = resolve
      })
    await take(seat, job.port).catch((error: unknown) => hall.gone(seat, String(error)))
  }
  while (tally.joined + tally.closed < seats.length && performance.now() < deadline) await Bun.sleep(5)
  tell({ ready: tally.joined - tally.closed, ...(firstClose === undefined ? {} : { failure: firstClose }) })

  const times = await go()
  const result = { seconds: 0, loadCpuSeconds: 0 }
  if (times) {
    await sleepUntilUs(times.startUs)
    hall.talking = true
    const talkers = seats.filter(({ job }) => job.talks)
    for (const talker of talkers) talker.talk()
    Object.assign(result, await measured(times, tally))
    hall.talking = false
    await drain(talkers, seats)
  }
  for (const seat of seats) seat.leave()

  const sum = (of: (seat: Seat) => number): number => seats.reduce((total, seat) => total + of(seat), 0)
  return {
    ...result,
    messages: tally.messages,
    deliveries: tally.deliveries,
    latency,
    missed: sum(({ missed }) => missed),
    doubled: sum(({ doubled }) => doubled),
    unanswered: sum(({ unanswered }) => unanswered),
    refused: 0,
    closed: tally.closed,
    ...(firstClose === undefined ? {} : { firstClose }),
    ends: endsOf(seats),
  }
}

const take = (seat: Seat, port: number) =>
  Bun.connect<Seat>({
    hostname: '127.0.0.1',
    port,
    data: seat,
    socket: {
      open: (socket) => socket.data.opened(socket),
      data: (socket, bytes) => socket.data.received(bytes),
      drain: (socket) => socket.data.drained(),
      close: (socket) => socket.data.lost('the connection ended'),
      error: (socket, error) => socket.data.lost(error.message),
    },
  })

/** Waits until every talker has received its own messages and nothing new has come for a while. */
async function drain(talkers: readonly Seat[], seats: readonly Seat[]): Promise<void> {
  const deadline = performance.now() + drainPatienceMs
  const heard = (): number => seats.reduce((sum, { newest }) => sum + newest, 0)
  for (let before = -1; performance.now() < deadline; await Bun.sleep(quietMs)) {
    const now = heard()
    if (now === before && talkers.every(({ unanswered }) => unanswered === 0)) return
    before = now
  }
}

function endsOf(seats: readonly Seat[]): Result['ends'] {
  const ends: Result['ends'] = {}
  for (const { job: seat, newest } of seats) {
    const end = ends[seat.room] ?? { newest: -1, sum: 0, sockets: 0 }
    ends[seat.room] = end
    end.newest = Math.max(end.newest, newest)
    end.sum += newest
    end.sockets++
  }
  return ends
}
