import type { Violation } from './check/violation.ts'
import { findViolations } from './check.ts'
import type { Community } from './community.ts'
import { measureIdle } from './idle.ts'
import type { MixedJob, PagesJob } from './load/job.ts'
import { type Measurement, measurementOf, type Who } from './measurement.ts'
import type { DatabaseKind } from './place.ts'
import type { Crowd, Plan } from './plan.ts'
import type { Processes } from './processes.ts'
import { readHistory } from './recorded.ts'
import { type Round, runRound, type Subject } from './round.ts'
import { membersOf, portOf, seatJobs } from './seats.ts'

export type Stage = { processes: Processes; plan: Plan; tell(line: string): void }

const oneRoom = 1
const fillWindow = 64
const mostFills = 10

const crowdRoom = (crowd: Crowd, index: number): string =>
  crowd.rooms === oneRoom ? `bench-${crowd.name}` : `bench-${crowd.name}-${index}`

export const crowdRooms = (crowd: Crowd): string[] =>
  Array.from({ length: crowd.rooms }, (_, index) => crowdRoom(crowd, index))

/** Runs the same crowd on each server: Parley if there is a community, otherwise one of the limits. */
export function runCrowd(
  { processes, plan }: Stage,
  crowd: Crowd,
  subject: Subject,
  who: Who,
  community?: Community,
): Promise<Round> {
  const dialect = who === 'Parley' ? 'parley' : who === 'limit' ? 'plain' : 'echo'
  const people = community?.people ?? []
  const roomOf = (index: number): string => crowdRoom(crowd, index)
  const jobs = seatJobs(crowd, roomOf, dialect, portOf(subject.url), people, plan.loads)
  return runRound(processes, subject, jobs, { ...plan, tellsStalls: who === 'Parley' })
}

export async function runIdle(
  { processes, plan }: Stage,
  subject: Subject,
  who: Who,
  community?: Community,
  database?: DatabaseKind,
): Promise<Measurement> {
  const sockets = plan.idleSockets
  const rooms = Math.min(100, Math.ceil(sockets / 20))
  const roomOf = (index: number): string => `bench-idle-${index}`
  const people = community?.people ?? []
  const names = Array.from({ length: rooms }, (_, index) => roomOf(index))
  await community?.makeRooms(names, membersOf({ rooms, sockets }, people))
  const dialect = who === 'Parley' ? 'parley' : 'echo'
  const warm = Math.min(1000, sockets >> 2)
  const {
    sockets: seated,
    kbPerSocket,
    faults,
  } = await measureIdle(
    processes,
    subject,
    (sockets) =>
      seatJobs({ rooms, sockets, window: 0 }, roomOf, dialect, portOf(subject.url), people, plan.loads),
    { warm, sockets, settleMs: plan.settleMs },
  )
  return {
    scenario: 'idle',
    title: `${seated} idle sockets`,
    who,
    ...(database ? { database } : {}),
    rounds: [],
    median: {},
    ...(kbPerSocket === undefined ? {} : { kbPerSocket }),
    faults,
  }
}

export async function runHistory(
  { processes, plan }: Stage,
  { server, people, makeRooms }: Community,
  database: DatabaseKind,
): Promise<Measurement> {
  const [reader] = people as [Community['people'][number]]
  const room = 'bench-history'
  await makeRooms([room], () => [])
  const headers = { authorization: `Bearer ${reader.token}` }
  const headOf = async (): Promise<number> => {
    const response = await fetch(`${server.url}/rooms/${room}/log?since=0&limit=1`, { headers })
    return ((await response.json()) as { head: number }).head
  }
  const fill = seatJobs(
    { rooms: 1, sockets: 1, window: fillWindow },
    () => room,
    'parley',
    portOf(server.url),
    [reader],
    1,
  )
  for (let tries = 0; tries < mostFills && (await headOf()) < plan.history.messages; tries++)
    await runRound(processes, server, fill, { warmMs: 0, measureMs: plan.measureMs / 2, tellsStalls: false })
  const job: PagesJob = {
    kind: 'pages',
    url: server.url,
    token: reader.token,
    room,
    ...plan.history,
  }
  const rounds: Round[] = []
  for (let round = 0; round < plan.rounds; round++)
    rounds.push(await runRound(processes, server, [job], { ...plan, tellsStalls: true }))
  return measurementOf({ scenario: 'history', title: 'history pages of 50', who: 'Parley', database }, rounds)
}

/** Everything at once, recorded, and checked for violations of the promise. */
export async function runMixed(
  { processes, plan, tell }: Stage,
  { server, people, makeRooms }: Community,
  database: DatabaseKind,
  directory: string,
): Promise<{ measurement: Measurement; violations: Violation[] }> {
  const guests = people.slice(0, plan.mixed.guests)
  const rounds: Round[] = []
  const violations: Violation[] = []
  for (let round = 0; round < plan.rounds; round++) {
    const names = Array.from({ length: plan.mixed.rooms }, (_, index) => `bench-mixed-${round}-${index}`)
    const rooms = await makeRooms(names, () => guests)
    const history = `${directory}/${database}-${round + 1}.jsonl`
    const job: MixedJob = {
      kind: 'mixed',
      url: server.url,
      guests,
      rooms,
      window: plan.mixed.window,
      history,
    }
    rounds.push(await runRound(processes, server, [job], { ...plan, tellsStalls: true }))
    const found = findViolations(await readHistory(history))
    for (const { kind, what } of found.slice(0, 20)) tell(`  !!! ${kind}: ${what}`)
    violations.push(...found)
  }
  const title = `mixed, ${plan.mixed.guests} people in ${plan.mixed.rooms} rooms`
  return {
    measurement: measurementOf({ scenario: 'mixed', title, who: 'Parley', database }, rounds),
    violations,
  }
}
