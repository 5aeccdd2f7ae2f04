import { askServer } from '../ask.ts'
import type { NemesisJob } from '../load/job.ts'
import type { Processes } from '../processes.ts'
import type { Cluster } from './cluster.ts'

/** How many of the guests are in each room. The first room has everybody, and nobody is removed from it. */
const parts = [1, 1, 0.5, 0.5, 0.25, 0.25, 0.15, 0.15]
const fewest = 3

type People = Pick<NemesisJob, 'keeper' | 'guests' | 'posters' | 'rooms'>

/** Accounts, and rooms of different sizes with members in them. */
export async function invitePeople(
  processes: Processes,
  { env, nodes }: Cluster,
  count: number,
): Promise<{ openRooms(): Promise<People> }> {
  const names = ['keeper', ...Array.from({ length: count }, (_, place) => `guest${place}`)]
  const posters = nodes.map(({ number }) => `poster${number}`)
  const printed = await processes.run(['token', '--create', ...names, ...posters], env)
  const accounts = printed.split('\n').map((line) => {
    const [username, token] = line.split(' ') as [string, string]
    return { username, token }
  })
  const [keeper] = accounts as [People['keeper']]
  const guests = accounts.slice(1, count + 1)
  const posting = accounts.slice(count + 1)

  const ask = (method: string, path: string, { token }: People['keeper'], body: object = {}) =>
    askServer(nodes[0]!.url, { method, path, token, body })

  async function openRooms(): Promise<People> {
    const rooms: People['rooms'] = []
    for (const [index, part] of parts.entries()) {
      const id = `nemesis-${index}`
      const { epoch } = (await ask('POST', '/rooms', keeper, { id })) as { epoch: string }
      const size = Math.min(count, Math.max(fewest, Math.round(count * part)))
      // Neighbours, so that there are talkers and listeners in each.
      const places = Array.from({ length: size }, (_, nth) => (index * 3 + nth) % count)
      for (const person of [...places.map((place) => guests[place]!), ...posting])
        await ask('PUT', `/rooms/${id}/members/me`, person)
      rooms.push({ id, epoch, guests: places })
    }
    return { keeper, guests, posters: posting, rooms }
  }

  return { openRooms }
}
