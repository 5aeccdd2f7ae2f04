import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import type { Processes } from '../processes.ts'
import { fakeTime } from './clocks.ts'
import type { FaultName } from './fault-names.ts'
import { type Node, prepareNode } from './node.ts'
import { type OwnPostgres, openPostgres, postgresPrograms } from './postgres.ts'
import { type OwnRedis, openRedis, redisProgram } from './redis.ts'

export type Cluster = {
  nodes: Node[]
  postgres: OwnPostgres
  /** Undefined where Postgres is the bus, or where there is one node. */
  redis: OwnRedis | undefined
  /** The settings for subcommands, which go to Postgres without a detour. */
  env: Record<string, string>
  /** Nodes that ended and that nobody had ended. */
  deaths: string[]
}

export type Shape = { nodes: number; bus: 'redis' | 'postgres'; faults: readonly FaultName[] }

const secret = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')

/** Says what is missing here for a cluster; undefined if nothing is. */
export function missingHere({ nodes, bus }: Shape): string | undefined {
  if (postgresPrograms() === undefined)
    return 'There is no Postgres here: install postgresql, version 15 or newer (apt-get install postgresql).'
  if (nodes > 1 && bus === 'redis' && redisProgram() === undefined)
    return 'There is no Redis or Valkey here: apt-get install redis-server, or choose --bus postgres.'
  return undefined
}

/** Postgres, the bus and what the nodes need; no node runs yet. Their processes end with `processes`. */
export async function openCluster(
  processes: Processes,
  directory: string,
  /** Where what the nodes write is kept. */
  logs: string,
  { nodes: count, bus, faults }: Shape,
): Promise<Cluster> {
  // Postgres runs as another user, whose directory is in this one.
  chmodSync(directory, 0o711)
  const place = (name: string): string => {
    mkdirSync(join(directory, name))
    return join(directory, name)
  }
  const postgres = await openPostgres(processes, postgresPrograms()!, place('postgres'))
  const redis =
    count > 1 && bus === 'redis' ? await openRedis(processes, redisProgram()!, place('redis')) : undefined
  const deaths: string[] = []
  const env = {
    HOST: '127.0.0.1',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'warn',
    METRICS: 'loopback',
    ACCESS_TOKEN_EXPIRE_MINUTES: '1440',
    SECRET_KEY: secret(),
    ENCRYPTION_KEY: secret(),
  }
  const nodes: Node[] = []
  for (let number = 1; number <= count; number++)
    nodes.push(
      await prepareNode(processes, {
        number,
        port: await freePort(),
        directory,
        logs,
        postgresPort: postgres.port,
        busPort: redis?.port,
        env,
        fakeTime: faults.includes('clock') ? fakeTime() : undefined,
        wantsDisk: faults.includes('disk') && number === count,
        died: (why) => void deaths.push(why),
      }),
    )
  const direct = `postgres://postgres@127.0.0.1:${postgres.port}/parley`
  return {
    nodes,
    postgres,
    redis,
    env: { ...env, DATABASE_URL: direct, DATA_DIR: place('operator') },
    deaths,
  }
}

export async function closeCluster({ nodes }: Cluster): Promise<void> {
  for (const { postgres, bus, disk } of nodes) {
    await postgres.close()
    await bus?.close()
    disk?.remove()
  }
}
