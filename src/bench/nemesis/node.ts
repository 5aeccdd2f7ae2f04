import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Processes, Server } from '../processes.ts'
import { type Clock, openClock } from './clocks.ts'
import { type Link, layLink } from './link.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

export type Node = {
  /** From 1. */
  number: number
  url: string
  /** Undefined while it is down. */
  pid(): number | undefined
  /** Its ways to Postgres and to the bus. */
  postgres: Link
  bus: Link | undefined
  clock: Clock | undefined
  disk: SmallDisk | undefined
  signal(name: NodeJS.Signals): void
  /** Ends it with SIGKILL; returns its process number. */
  kill(): Promise<number>
  start(): Promise<void>
}

export type NodePlan = {
  number: number
  port: number
  directory: string
  logs: string
  postgresPort: number
  busPort: number | undefined
  /** The settings that all nodes have. */
  env: Record<string, string>
  fakeTime: string | undefined
  /** Whether DATA_DIR is a small disk of its own. */
  wantsDisk: boolean
  /** It ended and nobody had ended it. */
  died(why: string): void
}

const diskMegabytes = 4
const restartMs = 300
const startPatienceMs = 60_000

/** A node of the cluster, not started: it gets its own ways to Postgres and the bus, its own clock and its own DATA_DIR. */
export async function prepareNode(processes: Processes, plan: NodePlan): Promise<Node> {
  const { number, port } = plan
  const directory = join(plan.directory, `node-${number}`)
  mkdirSync(directory)
  const path = join(directory, 'data')
  const disk = plan.wantsDisk ? mountSmallDisk(path, diskMegabytes) : undefined
  const postgres = await layLink(plan.postgresPort)
  const bus = plan.busPort === undefined ? undefined : await layLink(plan.busPort)
  const clock = plan.fakeTime === undefined ? undefined : openClock(plan.fakeTime, directory)
  const env = {
    ...plan.env,
    ...clock?.env,
    PORT: String(port),
    DATA_DIR: path,
    DATABASE_URL: `postgres://postgres@127.0.0.1:${postgres.port}/parley`,
    ...(bus && { BUS_URL: `redis://127.0.0.1:${bus.port}` }),
  }
  const logFile = join(plan.logs, `node-${number}.log`)
  let server: Server | undefined
  let starting: Promise<void> | undefined

  async function serve(): Promise<void> {
    const deadline = performance.now() + startPatienceMs
    let started: Server | undefined
    // Another fault may keep it from its start.
    while (!started) {
      try {
        started = await processes.serve(env, (line) => appendFileSync(logFile, `${line}\n`))
      } catch (error) {
        if (performance.now() > deadline) throw error
        await Bun.sleep(restartMs)
      }
    }
    const running = started
    server = running
    void running.exited.then(async (code) => {
      if (server !== running) return
      server = undefined
      plan.died(`node ${number} ended by itself with ${code}`)
      // As any supervisor would.
      await start().catch(() => plan.died(`node ${number} did not start again`))
    })
  }

  /** One start at a time. */
  function start(): Promise<void> {
    starting ??= serve().finally(() => {
      starting = undefined
    })
    return starting
  }

  return {
    number,
    url: `http://127.0.0.1:${port}`,
    pid: () => server?.pid,
    postgres,
    bus,
    clock,
    disk,
    signal: (name) => server?.signal(name),
    async kill() {
      const killed = server
      server = undefined
      killed?.signal('SIGKILL')
      await killed?.exited
      return killed?.pid ?? 0
    },
    start,
  }
}
