import { type Entry, entryOf, type History } from '../../src/bench/history.ts'
import { type Child, fromSource, startChild } from '../support/child.ts'
import { tokensFor } from '../support/command-line.ts'
import { patienceMs } from '../support/patience.ts'
import { type Client, startClient } from './client.ts'
import { type Database, openPlace } from './place.ts'
import { type Poster, startPoster } from './poster.ts'

export type Run = {
  history: History
  kills: number
  /** Kills that came while the server was still starting. */
  killsWhileStarting: number
  /** Kills that cut off sends which had no answer yet. */
  killsWithSendsUnderWay: number
  /** Sends that were stored, whose answer died with the server, and that a retry got the first answer for. */
  answersLost: number
  resets: number
  refusals: string[]
  slowestStartMs: number
  tookMs: number
}

const rooms = ['harbour', 'lighthouse', 'pier']
const talkers = ['ben', 'cleo', 'echo', 'finn']
const listening = ['dan', 'gwen']
const someMs = (least: number, most: number): number => least + Math.random() * (most - least)

/** Kills a server under load with -9, again and again, and records what its clients saw. */
export async function crash(
  options: { database: Database; kills: number },
  tell: (line: string) => void = () => undefined,
): Promise<Run | undefined> {
  const place = await openPlace(options.database)
  if (!place) return undefined
  const began = performance.now()
  let server: Child | undefined
  let up = Promise.withResolvers<string>()
  const url = () => up.promise
  const run = {
    kills: 0,
    killsWhileStarting: 0,
    killsWithSendsUnderWay: 0,
    answersLost: 0,
    slowestStartMs: 0,
  }
  const clients: Client[] = []
  let poster: Poster | undefined

  async function start(): Promise<Child> {
    const child = await startChild({ env: place!.env })
    run.slowestStartMs = Math.max(run.slowestStartMs, child.startedMs)
    up.resolve(child.url)
    return child
  }

  /** With what the clients and the server last said, because the directory is gone when anybody looks. */
  async function until(fact: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!holds()) {
      if (performance.now() > deadline) {
        const last = [...clients.flatMap(({ refusals }) => refusals).slice(-3), server?.said().slice(-1000)]
        throw new Error(`Waited ${patienceMs} ms for: ${fact}\n${last.join('\n')}`)
      }
      await Bun.sleep(5)
    }
  }

  try {
    const tokens = await tokensFor([...talkers, ...listening, 'hedy'], { env: place.env })
    const tokenOf = (name: string): string => tokens.get(name)!
    server = await start()
    const opened = await openRooms(server.url, tokens)
    for (const name of talkers)
      clients.push(
        startClient({ name, token: tokenOf(name), url, sendsTo: opened, listensTo: opened.slice(0, 1) }),
      )
    for (const name of listening)
      clients.push(startClient({ name, token: tokenOf(name), url, listensTo: opened }))
    const post = startPoster({ name: 'hedy', token: tokenOf('hedy'), url, room: rooms[0]! })
    poster = post
    const sends = () => [...clients.flatMap((client) => client.sends), ...post.sends]

    while (run.kills < options.kills) {
      await Bun.sleep(someMs(20, 600))
      up = Promise.withResolvers<string>()
      const underWay = clients.some((client) => client.unanswered() > 0)
      server.signal('SIGKILL')
      run.kills++
      if (underWay) run.killsWithSendsUnderWay++
      await server.exited
      const killedAt = new Date().toISOString()
      const doubtful = sends().filter(({ ack }) => ack === undefined)
      while (run.kills < options.kills && Math.random() < 0.1) {
        await killWhileStarting(place.env)
        run.kills++
        run.killsWhileStarting++
      }
      server = await start()
      await until('the sends cut off are answered', () => doubtful.every(({ ack }) => ack !== undefined))
      run.answersLost += doubtful.filter(({ storedAt }) => storedAt! < killedAt).length
      if (run.kills % 10 === 0) tell(`${run.kills} kills, ${sends().length} messages`)
    }

    let finished = 0
    const finishing = [...clients, post]
    for (const each of finishing) void each.finish().then(() => finished++)
    await until('every send is answered', () => finished === finishing.length)
    const logs: Record<string, Entry[]> = {}
    for (const { id } of opened) logs[id] = await readLog(server.url, tokenOf('dan'), id)
    const listeners = clients.flatMap((client) => client.listeners)
    await until('every listener is at the head', () =>
      clients.every((client) =>
        client.listeners.every(({ room }) => client.headOf(room) >= (logs[room]!.at(-1)?.seq ?? 0)),
      ),
    ).catch(() => tell('not every listener reached the head'))
    return {
      ...run,
      history: { sends: sends(), listeners, logs },
      resets: listeners.reduce((sum, { resets }) => sum + resets.length, 0),
      refusals: clients.flatMap(({ refusals }) => refusals),
      tookMs: performance.now() - began,
    }
  } finally {
    for (const client of clients) client.close()
    poster?.close()
    server?.signal('SIGKILL')
    await server?.exited
    await place.close()
  }
}

/** Killed at any moment of its start, whether or not it gets as far as to listen. */
async function killWhileStarting(env: Record<string, string>): Promise<void> {
  const child = Bun.spawn([...fromSource, 'serve'], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  await Bun.sleep(someMs(50, 500))
  child.kill('SIGKILL')
  await child.exited
}

/** Made by the first of them and joined by all before anything is said. */
async function openRooms(url: string, tokens: Map<string, string>): Promise<{ id: string; epoch: string }[]> {
  const ask = async (method: string, path: string, token: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }
  const [owner, ...others] = [...tokens.values()]
  const opened: { id: string; epoch: string }[] = []
  for (const id of rooms) {
    opened.push((await (await ask('POST', '/rooms', owner!, { id })).json()) as { id: string; epoch: string })
    for (const token of others) await ask('PUT', `/rooms/${id}/members/me`, token)
  }
  return opened
}

async function readLog(url: string, token: string, room: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let since: number | undefined = 0; since !== undefined; ) {
    const response = await fetch(`${url}/rooms/${room}/log?since=${since}&limit=500`, {
      headers: { authorization: `Bearer ${token}` },
    })
    if (!response.ok) throw new Error(`The log of ${room} answers ${response.status}`)
    const page = (await response.json()) as { items: Parameters<typeof entryOf>[0][]; next?: number }
    entries.push(...page.items.map(entryOf))
    since = page.next
  }
  return entries
}
