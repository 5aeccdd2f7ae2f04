import type { Violation } from './check/violation.ts'
import { findViolations } from './check.ts'
import { monotonicUs } from './clock.ts'
import type { Community } from './community.ts'
import { costOf } from './cost.ts'
import { medians } from './figures.ts'
import type { AllBack, Go, Ready, Result, ReturnJob } from './load/job.ts'
import { roomsOf } from './load/return.ts'
import type { Measurement, ReturnFigures } from './measurement.ts'
import type { Place } from './place.ts'
import type { Server } from './processes.ts'
import { readHistory } from './recorded.ts'
import type { Stage } from './scenes.ts'
import { portOf } from './seats.ts'

const talkMs = 300

/** Restarts the server in the middle of talk, recorded, and checks the history. Gives the server that runs afterwards. */
export async function runReturn(
  { processes, plan, tell }: Stage,
  place: Place,
  { server: first, people, makeRooms }: Community,
  directory: string,
): Promise<{ measurement: Measurement; violations: Violation[]; server: Server }> {
  const guests = people.slice(0, plan.back.guests)
  const rounds: ReturnFigures[] = []
  const violations: Violation[] = []
  const faults: string[] = []
  const env = { ...place.env, PORT: String(portOf(first.url)) }
  let server = first
  for (let round = 0; round < plan.rounds; round++) {
    const roomNames = Array.from({ length: plan.back.rooms }, (_, index) => `bench-return-${round}-${index}`)
    const rooms = await makeRooms(roomNames, (room) =>
      guests.filter((_, index) => roomsOf(roomNames, plan.back, index).includes(roomNames[room]!)),
    )
    const history = `${directory}/${place.kind}-return-${round + 1}.jsonl`
    const load = processes.help(['bench', 'load'])
    const job: ReturnJob = {
      kind: 'return',
      url: server.url,
      guests,
      rooms,
      back: plan.back,
      history,
    }
    load.tell(job)
    tell(`  ${rooms.length} rooms have their members`)
    const { ready } = await load.hear<Ready>()
    tell(`  ${ready} people are connected`)
    load.tell({ startUs: monotonicUs(), measureUs: 0, endUs: 0 } satisfies Go)
    await Bun.sleep(talkMs)
    await server.stop()
    server = await processes.serve(env)
    const readyUs = monotonicUs()
    const before = costOf(server.pid)
    const { back, lastBackUs } = await load.hear<AllBack>()
    tell(`  ${back} people are back`)
    const after = costOf(server.pid)
    const statements = await statementsOf(server)
    const result = await load.hear<Result>()
    await load.stop()
    const perGuest = (sum: number | undefined) => (sum === undefined ? undefined : sum / guests.length)
    rounds.push({
      people: guests.length,
      seconds: Math.max(0, lastBackUs - readyUs) / 1e6,
      cpuMs: perGuest(before && after && (after.cpuSeconds - before.cpuSeconds) * 1000),
      kbPerSocket: perGuest(before && after && (after.residentBytes - before.residentBytes) / 1024),
      statements: perGuest(statements),
      presenceEvents: result.deliveries / guests.length,
    })
    const shortfalls: [number, string][] = [
      [guests.length - ready, 'could not join'],
      [guests.length - back, 'did not come back'],
      [result.unanswered, 'unanswered'],
      [result.refused, 'refused'],
    ]
    faults.push(...shortfalls.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`))
    const inRound = findViolations(await readHistory(history))
    for (const { kind, what } of inRound.slice(0, 20)) tell(`  !!! ${kind}: ${what}`)
    violations.push(...inRound)
  }
  return {
    measurement: {
      scenario: 'return',
      title: `${guests.length} people come back to ${Math.min(plan.back.rooms, plan.back.each)} rooms each`,
      who: 'Parley',
      database: place.kind,
      rounds: [],
      median: {},
      back: medians(rounds),
      faults,
    },
    violations,
    server,
  }
}

/** Since the start of the server, those of the talk that went on included. */
async function statementsOf({ url }: Server): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const found = /^parley_database_statements_total(?:\{.*\})? (\d+)$/m.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
