import { monotonicUs, sleepUntilUs } from '../clock.ts'
import { createDice } from '../dice.ts'
import { openRecorder } from '../recorder.ts'
import { createGuest } from './guest.ts'
import type { Go, NemesisJob, Ready, Survived } from './job.ts'
import { createKeeper } from './keeper.ts'
import { createPoster } from './poster.ts'
import { readLog, recordStored } from './stored.ts'
import { every, until } from './while.ts'

const patienceMs = 4_000
const endPatienceMs = 60_000
const postEveryMs = 150
const removeEveryMs = 400
const dropEveryMs = 1_000

/**
 * People who talk while nodes are killed, frozen and cut off, as behind a load balancer: those whose node is gone connect to
 * another. Completely recorded.
 */
export async function driveNemesis(
  job: NemesisJob,
  tell: (ready: Ready) => void,
  go: () => Promise<Go | undefined>,
): Promise<Survived> {
  const { nodes, rooms, paceMs, window } = job
  const recorder = openRecorder(job.history)
  const dice = createDice(job.seed)
  const roomsOf = (place: number) => rooms.filter(({ guests }) => guests.includes(place))

  const guests = job.guests.map(({ username, token }, place) => {
    let node = place % nodes.length
    let connections = 0
    return createGuest(
      {
        username,
        token,
        // Mostly another node, and now and then the same again.
        address() {
          if (connections++ > 0 && dice.roll() < 0.8) node = (node + 1) % nodes.length
          return { url: nodes[node]!, node }
        },
        rooms: roomsOf(place),
        window: place % 2 === 0 ? window : 0,
        paceMs,
        patienceMs,
        recorder,
        answered: () => undefined,
        delivered: () => undefined,
      },
      monotonicUs,
    )
  })
  const posters = job.posters.map(({ username, token }, place) => {
    const node = place % nodes.length
    return createPoster({
      username,
      token,
      node,
      url: nodes[node]!,
      recorder,
      roomAt: () => dice.pick(rooms).id,
    })
  })
  const keeper = createKeeper(job, dice, recorder)

  await until(() => guests.every((guest) => guest.isConnected()), endPatienceMs)
  tell({ ready: guests.filter((guest) => guest.isConnected()).length })
  const times = await go()
  if (times) {
    await sleepUntilUs(times.startUs)
    for (const guest of guests) guest.talk()
    const busy = [
      ...posters.map((poster) => every(postEveryMs, () => poster.postOne())),
      every(dropEveryMs, () => dice.pick(guests).drop()),
      every(removeEveryMs, () => keeper.removeAndAdd()),
      every(removeEveryMs, () => keeper.removeAndAdd()),
    ]
    await go()
    const stopped = Promise.all(busy.map((stop) => stop()))
    await Promise.race([stopped, Bun.sleep(endPatienceMs)])
  }

  for (const guest of guests) guest.fallSilent()
  await until(() => guests.every((guest) => guest.unanswered() === 0), endPatienceMs)
  const differing: string[] = []
  const heads = new Map<string, number>()
  for (const { id } of rooms) {
    const logs = await Promise.all(nodes.map((url) => readLog(url, job.keeper.token, id)))
    heads.set(id, recordStored(recorder, id, logs[0]!))
    const texts = logs.map((log) => JSON.stringify(log))
    for (const [node, text] of texts.entries())
      if (text !== texts[0]) differing.push(`node ${node + 1} has another log of ${id} than node 1`)
  }
  await until(
    () =>
      guests.every((guest, place) =>
        roomsOf(place).every(({ id }) => guest.positionIn(id) >= (heads.get(id) ?? 0)),
      ),
    endPatienceMs,
  )
  for (const guest of guests) guest.close()
  await recorder.close()
  const unanswered = [...guests, ...posters].reduce((total, each) => total + each.unanswered(), 0)
  return { unanswered, differing }
}
