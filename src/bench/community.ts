import { askServer } from './ask.ts'
import type { Place } from './place.ts'
import type { Plan } from './plan.ts'
import type { Processes, Server } from './processes.ts'

export type Person = { username: string; token: string }
export type Room = { id: string; epoch: string }

/** A running Parley with people in it, and the rooms that the scenarios need. */
export type Community = {
  server: Server
  people: Person[]
  /** Everyone joins their rooms before the measurement, which does not include joining. */
  makeRooms(names: readonly string[], membersOf: (index: number) => readonly Person[]): Promise<Room[]>
}

const atOnce = 16

export async function openCommunity(processes: Processes, place: Place, plan: Plan): Promise<Community> {
  const usernames = Array.from({ length: plan.people }, (_, index) => `bench${index}`)
  const printed = await processes.run(['token', '--create', ...usernames], place.env)
  const people = printed.split('\n').map((line) => {
    const [username, token] = line.split(' ') as [string, string]
    return { username, token }
  })
  const server = await processes.serve(place.env)
  const [owner] = people as [Person]

  const ask = (method: string, path: string, { token }: Person, body?: object) =>
    askServer(server.url, { method, path, token, body })

  return {
    server,
    people,
    makeRooms: (names, membersOf) =>
      inTurns(names, async (id, index) => {
        const room = (await ask('POST', '/rooms', owner, { id })) as Room
        await inTurns(membersOf(index), (member) => ask('PUT', `/rooms/${id}/members/me`, member))
        return room
      }),
  }
}

/** A few at a time. */
async function inTurns<Item, Done>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Done>,
): Promise<Done[]> {
  const done: Done[] = []
  const queue = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) done[next[0]] = await work(next[1], next[0])
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return done
}
