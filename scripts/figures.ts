/**
 * bun scripts/figures.ts: the size of dist/parley, how fast it starts, and how much memory it needs without and with
 * 1,000 sockets, on each database. Takes half a minute; only a quiet machine gives useful figures.
 *
 * Uses the Postgres server of DATABASE_URL, in its own database, which is removed afterwards.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { costOf } from '../src/bench/cost.ts'
import { describeMachine } from '../src/bench/machine.ts'
import { embeddedPlace, type Place, postgresPlace } from '../src/bench/place.ts'
import { createProcesses, type Processes } from '../src/bench/processes.ts'

const program = join(import.meta.dir, '../dist/parley')
const laterStarts = 5
const sockets = 1000
/** The most that Parley allows one person. */
const socketsEach = 20
const settleMs = 4000
const patienceMs = 20_000
const longestMs = 180_000

const directory = mkdtempSync(join(tmpdir(), 'parley-figures-'))
const processes = createProcesses([program], directory)
const places = [embeddedPlace(directory)]
// Without its servers, pending waits fail.
setTimeout(() => void processes.endAll(), longestMs).unref()
try {
  const url = process.env.DATABASE_URL
  if (url) places.push(await postgresPlace(url, directory))
  else console.error('!!! Without DATABASE_URL nothing is measured on Postgres. !!!')

  const { parley, bun, cpu, cores, loadAverage } = describeMachine()
  const megabytes = (statSync(program).size / 1e6).toFixed(1)
  console.log(`Parley ${parley}, Bun ${bun}, ${cores} cores of ${cpu}, load ${loadAverage.toFixed(2)}`)
  console.log(`The file: ${megabytes} MB\n`)
  console.log(`| | first start | later starts, median of ${laterStarts} | idle | with ${sockets} sockets |`)
  console.log('|---|---:|---:|---:|---:|')
  for (const place of places) console.log(row(place, await measure(processes, place)))
} finally {
  await processes.endAll()
  for (const place of places) await place.close()
  rmSync(directory, { recursive: true, force: true })
}

type Figures = { firstMs: number; laterMs: number; idleBytes: number; busyBytes: number }

async function measure({ serve, run }: Processes, { env }: Place): Promise<Figures> {
  const starts: number[] = []
  const start = async () => {
    const began = performance.now()
    const server = await serve(env)
    starts.push(performance.now() - began)
    return server
  }
  for (let times = 0; times < laterStarts; times++) await (await start()).stop()
  const server = await start()
  await Bun.sleep(settleMs)
  const idleBytes = resident(server.pid)
  const names = Array.from({ length: sockets / socketsEach }, (_, each) => `person-${each}`)
  const lines = (await run(['token', '--create', ...names], env)).trim().split('\n')
  const tokens = lines.map((line) => line.split(' ')[1]!)
  const open = await Promise.all(
    Array.from({ length: sockets }, (_, each) => sitDown(server.url, tokens[each % tokens.length]!)),
  )
  await Bun.sleep(settleMs)
  const busyBytes = resident(server.pid)
  for (const socket of open) socket.close()
  await server.stop()
  const [firstMs = 0, ...later] = starts
  return { firstMs, laterMs: later.sort((a, b) => a - b)[later.length >> 1] ?? 0, idleBytes, busyBytes }
}

/** A socket that receives every message of a room. */
function sitDown(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/general?token=${token}`)
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('A socket was not ready in time')), patienceMs).unref()
    socket.onclose = ({ code }) => reject(new Error(`A socket was closed with ${code}`))
    socket.onmessage = ({ data }) => {
      if (!String(data).includes('"room.ready"')) return
      socket.onmessage = null
      socket.onclose = null
      resolve(socket)
    }
  })
}

function resident(pid: number): number {
  const bytes = costOf(pid)?.residentBytes
  if (bytes === undefined) throw new Error('Memory can only be measured with /proc.')
  return bytes
}

function row({ kind }: Place, { firstMs, laterMs, idleBytes, busyBytes }: Figures): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
  return `| ${kind} | ${seconds(firstMs)} | ${seconds(laterMs)} | ${megabytes(idleBytes)} | ${megabytes(busyBytes)} |`
}
