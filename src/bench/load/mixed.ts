import { monotonicUs, sleepUntilUs } from '../clock.ts'
import { openRecorder, type Recorder } from '../recorder.ts'
import { note, type Spread } from '../spread.ts'
import { createGuest, type Guest } from './guest.ts'
import type { Go, MixedJob, Ready, Result } from './job.ts'
import { measured } from './measured.ts'
import { readLog, recordStored } from './stored.ts'
import { every, until } from './while.ts'

const roomsEach = 4
const dropEveryMs = 150
const leaveEveryMs = 250
const readEveryMs = 20

/** The rooms of a guest: neighbours in the list, so that each guest shares rooms with others. */
export const roomsOf = <Room>(rooms: readonly Room[], index: number): Room[] =>
  Array.from({ length: Math.min(roomsEach, rooms.length) }, (_, nth) => rooms[(index + nth) % rooms.length]!)

/**
 * A busy evening of a community, completely recorded: people talk in several rooms, lose connections, leave and come back,
 * and read older pages.
 */
export async function driveMixed(
  job: MixedJob,
  tell: (ready: Ready) => void,
  go: () => Promise<Go | undefined>,
): Promise<Result> {
  const recorder = openRecorder(job.history)
  const latency: Spread = {}
  const tally = { messages: 0, deliveries: 0, wrongPages: 0, measuring: false }
  const roomsIn = (index: number) => roomsOf(job.rooms, index)

  const guests = job.guests.map(({ username, token }, index) =>
    createGuest(
      {
        username,
        token,
        address: () => ({ url: job.url }),
        rooms: roomsIn(index),
        window: index % 2 === 0 ? job.window : 0,
        recorder,
        answered(sentAtUs) {
          if (!tally.measuring) return
          tally.messages++
          note(latency, monotonicUs() - sentAtUs)
        },
        delivered() {
          if (tally.measuring) tally.deliveries++
        },
      },
      monotonicUs,
    ),
  )
  const any = (): number => Math.floor(Math.random() * guests.length)

  await until(() => guests.every((guest) => guest.isConnected()))
  tell({ ready: guests.filter((guest) => guest.isConnected()).length })
  const times = await go()
  const result = { seconds: 0, loadCpuSeconds: 0 }
  if (times) {
    await sleepUntilUs(times.startUs)
    for (const guest of guests) guest.talk()
    const busy = [
      every(dropEveryMs, () => guests[any()]?.drop()),
      every(leaveEveryMs, () => {
        // Only people who do not talk: the server would rightly refuse a message to a room that its sender just left.
        const index = any() | 1
        const room = roomsIn(index)[0]
        if (room) void guests[index]?.leaveAndReturn(room.id)
      }),
      every(readEveryMs, async () => {
        const index = any()
        const page = await readPage(job, index, roomsIn(index)[0]!.id)
        if (!page) tally.wrongPages++
      }),
    ]
    Object.assign(result, await measured(times, tally))
    for (const stop of busy) await stop()
  }

  for (const guest of guests) guest.fallSilent()
  await until(() => guests.every((guest) => guest.unanswered() === 0 && !guest.isAway()))
  await compareWithStored(job, guests, roomsIn, recorder)
  for (const guest of guests) guest.close()
  await recorder.close()
  const sum = (of: (guest: Guest) => number): number => guests.reduce((total, guest) => total + of(guest), 0)
  const { messages, deliveries, wrongPages } = tally
  return {
    ...result,
    messages,
    deliveries,
    latency,
    missed: wrongPages,
    doubled: 0,
    unanswered: sum((guest) => guest.unanswered()),
    refused: sum((guest) => guest.refused()),
    closed: 0,
    ends: {},
  }
}

/** Records what is stored, and waits until every listener has received it. */
export async function compareWithStored(
  job: Pick<MixedJob, 'url' | 'guests' | 'rooms'>,
  guests: readonly Guest[],
  roomsOf: (index: number) => MixedJob['rooms'],
  recorder: Recorder,
): Promise<void> {
  const heads = new Map<string, number>()
  for (const { id } of job.rooms)
    heads.set(id, recordStored(recorder, id, await readLog(job.url, job.guests[0]!.token, id)))
  await until(() =>
    guests.every((guest, index) =>
      roomsOf(index).every(({ id }) => guest.positionIn(id) >= (heads.get(id) ?? 0)),
    ),
  )
}

/** Whether the newest page of a room is ascending. */
async function readPage({ url, guests }: MixedJob, index: number, room: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${guests[index]!.token}` }
  const response = await fetch(`${url}/rooms/${room}/messages?limit=50`, { headers })
  // The guest has left this room for a moment.
  if (response.status === 404 || response.status === 403) return true
  if (!response.ok) return false
  const { items } = (await response.json()) as { items: { seq: number }[] }
  return items.every(({ seq }, at) => at === 0 || seq > items[at - 1]!.seq)
}
