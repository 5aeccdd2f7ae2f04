import { ask, person, send, socketOf, start } from './stage.ts'

const paceMs = 1

let administrator: string | undefined

/** An administrator bans on node A people who hear somebody talk on node B, one after the other. */
export async function ban(times: number, busUrl: string | undefined): Promise<void> {
  const here = await start(busUrl)
  const there = await start(busUrl)
  administrator ??= (
    await ask(here.url, '/auth/setup', {
      username: `admin-${process.pid}`,
      email: `admin-${process.pid}@example.org`,
      password: 'the password of an administrator',
      code: here.setupCode,
    })
  ).access_token!
  const author = await person(there.url)
  const room = `ban-${crypto.randomUUID().slice(0, 8)}`
  await ask(there.url, '/rooms', { id: room }, author)
  const talking = await socketOf(there.url, author, room, () => {})
  const timer = setInterval(() => send(talking, room, 'somebody talks'), paceMs)
  const silent: number[] = []
  const closed: number[] = []
  for (let nth = 0; nth < times; nth++) {
    const token = await person(there.url)
    const { username } = await ask(there.url, '/users/me', undefined, token, 'GET')
    await ask(there.url, `/rooms/${room}/members/me`, {}, token, 'PUT')
    let heardAt = 0
    const victim = await socketOf(there.url, token, room, () => {
      heardAt = performance.now()
    })
    const ended = new Promise<number>((resolve) => {
      victim.onclose = () => resolve(performance.now())
    })
    while (heardAt === 0) await Bun.sleep(1)
    const from = performance.now()
    await ask(here.url, `/users/${username}/ban`, {}, administrator, 'PUT')
    closed.push((await ended) - from)
    silent.push(heardAt - from)
  }
  clearInterval(timer)
  talking.close()
  for (const node of [here, there]) await node.stop()
  const say = (figures: number[]): string => {
    const sorted = figures.toSorted((a, b) => a - b)
    const at = (part: number): string => sorted[Math.ceil(sorted.length * part) - 1]!.toFixed(1)
    return `p50 ${at(0.5)} p90 ${at(0.9)} longest ${at(1)} ms`
  }
  console.log(
    `${busUrl ? 'Redis   ' : 'Postgres'} ${times} bans, from the request on A: last event on B ${say(silent)}; socket closed ${say(closed)}`,
  )
}
