import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownProgram } from '../../own-program.ts'
import { type Cluster, closeCluster, openCluster } from '../nemesis/cluster.ts'
import { createProcesses } from '../processes.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import type { Shape } from './shape.ts'
import { type Simulation, simulate } from './simulate.ts'

const mostMs = 600_000
const people = ['author', 'ada', 'ben', 'cleo']

/** Starts a cluster of its own and counts what its nodes do. Ends all that it started. */
export async function runScale(shape: Shape, tell: (line: string) => void): Promise<Simulation> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-scale-'))
  const logs = join(directory, 'logs')
  mkdirSync(logs)
  const processes = createProcesses(ownProgram(), directory)
  let cluster: Cluster | undefined
  let found: Simulation | undefined

  async function everything(): Promise<void> {
    tell(`starting Postgres, ${shape.nodes} nodes and the bus over ${shape.bus}`)
    cluster = await openCluster(processes, directory, logs, { ...shape, faults: [] })
    const { nodes, env } = cluster
    const printed = await processes.run(['token', '--create', ...people], env)
    const tokens = printed.split('\n').map((line) => line.split(' ')[1]!)
    await Promise.all(nodes.map((node) => node.start()))
    found = await simulate(shape, { urls: nodes.map(({ url }) => url), tokens, name: 'scale', tell })
  }

  await untilInterrupted(processes, mostMs, everything, async () => {
    if (cluster) await closeCluster(cluster)
    rmSync(directory, { recursive: true, force: true })
  })
  return found!
}
