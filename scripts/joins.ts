/*
 * How many people a second join rooms: `bun scripts/joins.ts [embedded|postgres] [rest|socket] [people] [rooms] [profile]`.
 * Everybody joins every room and leaves it again. Bounded, on 127.0.0.1, with a server and a database of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCommunity } from '../src/bench/community.ts'
import { costOf } from '../src/bench/cost.ts'
import { embeddedPlace, postgresPlace } from '../src/bench/place.ts'
import type { Plan } from '../src/bench/plan.ts'
import { createProcesses } from '../src/bench/processes.ts'
import { ownProgram } from '../src/own-program.ts'

const [kind = 'embedded', door = 'rest', people = '500', rooms = '11', profile] = process.argv.slice(2)
const connections = 200
const databaseUrl = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

const directory = mkdtempSync(join(tmpdir(), 'parley-joins-'))
const program = profile
  ? ownProgram().toSpliced(1, 0, '--cpu-prof', `--cpu-prof-dir=${profile}`)
  : ownProgram()
const processes = createProcesses(program, directory)
const place = kind === 'embedded' ? embeddedPlace(directory) : await postgresPlace(databaseUrl, directory)

type Job = { token: string; room: string }
type Door = (jobs: Job[], verb: 'join' | 'leave') => Promise<void>

try {
  const {
    server,
    people: guests,
    makeRooms,
  } = await openCommunity(processes, place, {
    people: Number(people) + 1,
  } as Plan)
  const names = Array.from({ length: Number(rooms) }, (_, index) => `joins-${index}`)
  await makeRooms(names, () => [])
  const jobs = guests.slice(1).flatMap(({ token }) => names.map((room) => ({ token, room })))
  const doors: Record<string, () => Promise<Door>> = {
    rest: async () => overRest(server.url),
    socket: () => overSockets(server.url, guests.slice(1)),
  }
  const run = await doors[door]!()
  for (const verb of ['join', 'leave', 'join'] as const) {
    const [began, before, asked] = [performance.now(), costOf(server.pid)!, await statements(server.url)]
    await run(jobs, verb)
    const seconds = (performance.now() - began) / 1000
    const cpu = costOf(server.pid)!.cpuSeconds - before.cpuSeconds
    const each = ((await statements(server.url)) - asked) / jobs.length
    console.log(
      `${kind} ${door} ${verb}: ${jobs.length} in ${seconds.toFixed(2)} s = ${Math.round(jobs.length / seconds)} a second, ` +
        `${((cpu * 1000) / jobs.length).toFixed(3)} ms CPU, ${each.toFixed(3)} statements each`,
    )
  }
  await server.stop()
} finally {
  await processes.endAll()
  await place.close()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)

async function statements(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^parley_database_statements_total(?:\{.*\})? (\d+)$/m.exec(text)?.[1])
}

/** Raw HTTP on connections that are kept: each asks when it has its response. */
function overRest(url: string): Door {
  const { hostname, port } = new URL(url)
  return async (jobs, verb) => {
    const queue = jobs.values()
    const worker = () =>
      new Promise<void>((resolve, reject) => {
        let text = ''
        const ask = (socket: Bun.Socket): void => {
          const { value, done } = queue.next()
          if (done) {
            socket.end()
            return resolve()
          }
          const { token, room } = value
          const method = verb === 'join' ? 'PUT' : 'DELETE'
          socket.write(
            `${method} /rooms/${room}/members/me HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`,
          )
        }
        void Bun.connect({
          hostname,
          port: Number(port),
          socket: {
            open: ask,
            data(socket, chunk) {
              text += chunk.toString()
              const end = text.indexOf('\r\n\r\n')
              if (end < 0) return
              const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
              if (text.length < end + 4 + length) return
              if (!/^HTTP\/1.1 20[04]/.test(text)) return reject(new Error(text))
              text = ''
              ask(socket)
            },
            error: (_, error) => reject(error),
            close: () => resolve(),
          },
        })
      })
    await Promise.all(Array.from({ length: connections }, worker))
  }
}

/** A socket for each person, which sends all its commands at once. */
async function overSockets(url: string, guests: { token: string }[]): Promise<Door> {
  const sockets = new Map<string, { ask(jobs: Job[], verb: string): Promise<void> }>()
  const open = ({ token }: { token: string }) =>
    new Promise<void>((resolve) => {
      let left = 0
      let done = (): void => {}
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, {
        headers: { authorization: `Bearer ${token}` },
      } as unknown as string[])
      sockets.set(token, {
        ask: (jobs, verb) =>
          new Promise((resolve) => {
            left = jobs.length
            done = resolve
            for (const { room } of jobs)
              socket.send(JSON.stringify({ type: `room.${verb}`, room, ref: `${verb} ${room}` }))
          }),
      })
      socket.onmessage = ({ data }) => {
        const text = String(data)
        if (text.startsWith('{"type":"hello"')) return resolve()
        if (text.includes('"type":"error"')) throw new Error(text)
        if (text.startsWith('{"type":"reply"') && --left === 0) done()
      }
    })
  for (let at = 0; at < guests.length; at += connections)
    await Promise.all(guests.slice(at, at + connections).map(open))
  return async (jobs, verb) => {
    const byToken = Map.groupBy(jobs, ({ token }) => token)
    await Promise.all([...byToken].map(([token, own]) => sockets.get(token)!.ask(own, verb)))
  }
}
