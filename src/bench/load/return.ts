import { monotonicUs, sleepUntilUs } from '../clock.ts'
import type { Back } from '../plan.ts'
import { openRecorder } from '../recorder.ts'
import { createGuest } from './guest.ts'
import type { AllBack, Go, Ready, Result, ReturnJob } from './job.ts'
import { compareWithStored } from './mixed.ts'
import { until } from './while.ts'

const backPatienceMs = 60_000
/** Within this time, the server sends the presence of a crowd. */
const settleMs = 4_000

/** The rooms of a person: `each` next to each other, so that everybody shares some with others. */
export function roomsOf<Room>(
  rooms: readonly Room[],
  { each, common }: Pick<Back, 'each' | 'common'>,
  index: number,
): Room[] {
  const others = rooms.slice(common ? 1 : 0)
  const count = Math.min(common ? each - 1 : each, others.length)
  const own = Array.from({ length: count }, (_, nth) => others[(index + nth) % others.length]!)
  return common ? [rooms[0]!, ...own] : own
}

/**
 * People talk, completely recorded, while their server restarts. Says when everybody is back in all of their rooms, then goes on
 * talking until the end.
 */
export async function driveReturn(
  job: ReturnJob,
  tell: (message: Ready | AllBack) => void,
  go: () => Promise<Go | undefined>,
): Promise<Result> {
  const recorder = openRecorder(job.history)
  const roomsEach = job.guests.map((_, index) => roomsOf(job.rooms, job.back, index))
  const connections = job.guests.map(() => 0)
  let presence = 0
  let messages = 0
  let lastBackUs = 0
  const guests = job.guests.map(({ username, token }, index) =>
    createGuest(
      {
        username,
        token,
        address: () => ({ url: job.url }),
        rooms: roomsEach[index]!,
        startsAtHead: true,
        talksIn: job.back.common ? roomsEach[index]!.slice(1) : roomsEach[index]!,
        // Every second one, so that neighbours listen.
        window: index % 2 === 0 && index < job.back.talkers * 2 ? job.back.window : 0,
        ...(job.back.paceMs === undefined ? {} : { paceMs: job.back.paceMs }),
        recorder,
        answered: () => void messages++,
        delivered: () => undefined,
        seated() {
          connections[index]!++
          lastBackUs = monotonicUs()
        },
        presence: () => void presence++,
      },
      monotonicUs,
    ),
  )
  const allSeated = (times: number) => () => connections.every((count) => count >= times)

  await until(allSeated(1), backPatienceMs)
  tell({ ready: connections.filter((count) => count > 0).length })
  const times = await go()
  if (times) {
    await sleepUntilUs(times.startUs)
    presence = 0
    for (const guest of guests) guest.talk()
    await until(allSeated(2), backPatienceMs)
    tell({ back: connections.filter((count) => count > 1).length, lastBackUs })
    await Bun.sleep(settleMs)
  }
  for (const guest of guests) guest.fallSilent()
  await until(() => guests.every((guest) => guest.unanswered() === 0), backPatienceMs)
  const heard = presence
  await compareWithStored(job, guests, (index) => roomsEach[index]!, recorder)
  for (const guest of guests) guest.close()
  await recorder.close()
  return {
    seconds: 0,
    loadCpuSeconds: 0,
    messages,
    deliveries: heard,
    latency: {},
    missed: 0,
    doubled: 0,
    unanswered: guests.reduce((total, guest) => total + guest.unanswered(), 0),
    refused: guests.reduce((total, guest) => total + guest.refused(), 0),
    closed: 0,
    ends: {},
  }
}
