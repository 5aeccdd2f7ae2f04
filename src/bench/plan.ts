/** Sockets in rooms, one talker a room. */
export type Crowd = { name: CrowdName; title: string; rooms: number; sockets: number; window: number }
type CrowdName = 'many' | 'hundred' | 'thousand'

export type Back = {
  guests: number
  rooms: number
  each: number
  common: boolean
  talkers: number
  window: number
  paceMs?: number
}

/** In the order in which they run. */
export const scenarios = ['idle', 'many', 'hundred', 'thousand', 'history', 'mixed', 'return'] as const
export type ScenarioName = (typeof scenarios)[number]

export type Plan = {
  quick: boolean
  scenarios: readonly ScenarioName[]
  rounds: number
  warmMs: number
  measureMs: number
  crowds: Crowd[]
  /** Accounts. If there are more sockets, people have several. */
  people: number
  idleSockets: number
  /** How long to wait until memory has settled. */
  settleMs: number
  /** Messages in the history, and the number of concurrent readers. */
  history: { messages: number; readers: number }
  mixed: { guests: number; rooms: number; window: number }
  /** The people who come back after a restart. `common`: the first room is that of everybody, and nobody talks in it. */
  back: Back
  /** Load processes that share the sockets of a crowd. */
  loads: number
}

/** File descriptors that a process needs for itself. */
const spareFiles = 200

const crowd = (name: CrowdName, rooms: number, sockets: number, window: number): Crowd => ({
  name,
  title: rooms === 1 ? `1 room × ${sockets}` : `${rooms} rooms × ${sockets / rooms}`,
  rooms,
  sockets,
  window,
})

/** Adjusts the plan to the number of files a process may open. The title shows a smaller scenario. */
export function createPlan(options: {
  quick: boolean
  only?: readonly ScenarioName[]
  rounds?: number
  loads?: number
  /** The size of the community of `return`, where everybody is in one room and in 10 of 100 others. */
  people?: number
  openFiles: number
}): Plan {
  const chosen = options.only ?? scenarios
  const crowds = (...all: Crowd[]): Crowd[] => all.filter(({ name }) => chosen.includes(name))
  const most = Math.max(50, options.openFiles - spareFiles)
  const many = Math.min(100, most >> 1)
  const large = (guests: number): Back => ({
    guests: Math.min(guests, most),
    rooms: 101,
    each: 11,
    common: true,
    talkers: Math.min(24, guests),
    window: 1,
    // Each message has 500 recorded deliveries among 5,000 people: more would measure the recorder.
    paceMs: 1000,
  })
  const back = (guests: number, rooms: number): Back =>
    options.people === undefined
      ? { guests: Math.min(guests, most), rooms, each: 4, common: false, talkers: guests >> 1, window: 1 }
      : large(options.people)
  const loads = options.loads ?? Math.max(1, Math.min(4, navigator.hardwareConcurrency - 2))
  if (options.quick)
    return {
      quick: true,
      scenarios: chosen,
      rounds: options.rounds ?? 1,
      warmMs: 200,
      measureMs: 400,
      crowds: crowds(crowd('many', 20, 40, 4), crowd('hundred', 1, 50, 16)),
      people: Math.max(20, options.people ?? 0),
      idleSockets: Math.min(200, most),
      settleMs: 200,
      history: { messages: 500, readers: 4 },
      mixed: { guests: 10, rooms: 5, window: 2 },
      back: back(20, 5),
      loads: 1,
    }
  return {
    quick: false,
    scenarios: chosen,
    rounds: options.rounds ?? 3,
    warmMs: 700,
    measureMs: 2000,
    crowds: crowds(
      crowd('many', many, many * 2, 4),
      crowd('hundred', 1, Math.min(100, most), 16),
      crowd('thousand', 1, Math.min(1000, most), 16),
    ),
    people: Math.min(Math.max(1000, options.people ?? 0), most),
    idleSockets: Math.min(10_000, most),
    settleMs: 1000,
    history: { messages: 10_000, readers: 16 },
    mixed: { guests: 24, rooms: 12, window: 4 },
    back: back(200, 20),
    loads,
  }
}

/** How many files this process may open, and so each process that it starts. */
export async function mostOpenFiles(): Promise<number> {
  const limits = Bun.file('/proc/self/limits')
  if (!(await limits.exists())) return 1024
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(await limits.text())?.[1]
  return hard === undefined || hard === 'unlimited' ? 100_000 : Number(hard)
}
