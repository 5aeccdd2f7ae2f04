import { readFileSync } from 'node:fs'
import type { Dice } from '../dice.ts'
import { clockOffset, fakeTime } from './clocks.ts'
import type { Cluster } from './cluster.ts'
import type { FaultName } from './fault-names.ts'
import type { Node } from './node.ts'

/** What was broken, and how it ends: with the proof that it happened, or undefined if it did not. */
export type Strike = {
  target: string
  /** The node that it is about. */
  node?: number
  holdMs: number
  mend(): Promise<string | undefined>
}

export type Fault = {
  about: string
  /** Why it cannot be done here; undefined if it can. */
  missing(cluster: Cluster): string | undefined
  strike(cluster: Cluster, dice: Dice): Promise<Strike>
}

const nothing = (): undefined => undefined
const nameOf = ({ number }: Node): string => `node ${number}`
/** T for a stopped one; undefined for one that is gone. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat[stat.lastIndexOf(')') + 2]
  } catch {
    return undefined
  }
}

/** Either way of a node, and how to call it. */
function linkOf(cluster: Cluster, dice: Dice) {
  const node = dice.pick(cluster.nodes)
  const toBus = node.bus !== undefined && dice.roll() < 0.5
  const link = toBus ? node.bus! : node.postgres
  return { link, node: node.number, target: `${nameOf(node)} – ${toBus ? 'bus' : 'Postgres'}` }
}

export const faults: Record<FaultName, Fault> = {
  kill: {
    about: 'a node ends with SIGKILL and starts again',
    missing: nothing,
    async strike({ nodes }, dice) {
      const node = dice.pick(nodes)
      const killed = await node.kill()
      return {
        target: nameOf(node),
        node: node.number,
        holdMs: dice.between(0, 2500),
        async mend() {
          await node.start()
          return killed > 0 ? `process ${killed} is gone, ${node.pid()} serves` : undefined
        },
      }
    },
  },
  pause: {
    about: 'a node gets SIGSTOP, and SIGCONT some seconds later',
    missing: nothing,
    async strike({ nodes }, dice) {
      const node = dice.pick(nodes)
      const pid = node.pid()
      node.signal('SIGSTOP')
      return {
        target: nameOf(node),
        node: node.number,
        holdMs: dice.between(500, 8000),
        async mend() {
          const state = pid === undefined ? undefined : stateOf(pid)
          node.signal('SIGCONT')
          return state === 'T' ? `process ${pid} was stopped` : undefined
        },
      }
    },
  },
  partition: {
    about:
      'nothing passes between a node and Postgres, or the bus: in silence, or with every connection ended',
    missing: nothing,
    async strike(cluster, dice) {
      const { link, node, target } = linkOf(cluster, dice)
      const silent = dice.roll() < 0.6
      if (silent) link.cut()
      else link.refuse()
      return {
        node,
        target: `${target}, ${silent ? 'silent' : 'refused'}`,
        holdMs: dice.between(500, 7000),
        async mend() {
          const { bytes, connections } = link.harm()
          link.mend()
          return bytes + connections > 0
            ? `held back ${bytes} bytes, ended or refused ${connections} connections`
            : undefined
        },
      }
    },
  },
  slow: {
    about: 'everything between a node and Postgres, or the bus, takes longer each way',
    missing: nothing,
    async strike(cluster, dice) {
      const { link, node, target } = linkOf(cluster, dice)
      const ms = Math.round(dice.between(10, 300))
      link.slow(ms)
      return {
        node,
        target: `${target}, ${ms} ms`,
        holdMs: dice.between(2000, 8000),
        async mend() {
          const { bytes } = link.harm()
          link.mend()
          return bytes > 0 ? `${bytes} bytes were late` : undefined
        },
      }
    },
  },
  bus: {
    about: 'Redis or Valkey ends with SIGKILL and starts again, empty',
    missing: ({ redis }) => (redis ? undefined : 'Redis or Valkey is not the bus here'),
    async strike({ redis }, dice) {
      const killed = await redis!.kill()
      return {
        target: 'bus',
        holdMs: dice.between(200, 8000),
        mend: async () => `process ${killed} is gone, ${await redis!.start()} serves`,
      }
    },
  },
  postgres: {
    about: 'Postgres ends every session, or stops at once and starts again',
    missing: nothing,
    async strike({ postgres }, dice) {
      if (dice.roll() < 0.5) {
        const ended = await postgres.endSessions()
        return {
          target: 'Postgres, sessions ended',
          holdMs: 0,
          mend: async () => (ended > 0 ? `${ended} sessions ended` : undefined),
        }
      }
      const code = await postgres.stopHard()
      return {
        target: 'Postgres, stopped',
        holdMs: dice.between(0, 5000),
        mend: async () => `ended with ${code}, runs again since ${await postgres.start()}`,
      }
    },
  },
  clock: {
    about: 'the clock of a node jumps forward or back, and back again',
    missing: () =>
      fakeTime() === undefined ? 'there is no libfaketime (apt-get install libfaketime)' : undefined,
    async strike({ nodes }, dice) {
      const node = dice.pick(nodes)
      const seconds = Math.round(dice.between(2, 120)) * (dice.roll() < 0.5 ? -1 : 1)
      node.clock!.set(seconds)
      return {
        target: `${nameOf(node)}, ${seconds} s`,
        node: node.number,
        holdMs: dice.between(3000, 8000),
        async mend() {
          const offset = await clockOffset(node.url).catch(() => 0)
          node.clock!.set(0)
          return Math.abs(offset - seconds) < 2 ? `it was ${offset.toFixed(1)} s off` : undefined
        },
      }
    },
  },
  disk: {
    about: 'the disk of DATA_DIR of a node is full',
    missing: ({ nodes }) =>
      nodes.some(({ disk }) => disk) ? undefined : 'a small disk cannot be mounted, which needs root',
    async strike({ nodes }, dice) {
      const node = dice.pick(nodes.filter(({ disk }) => disk))
      node.disk!.fill()
      return {
        target: nameOf(node),
        node: node.number,
        holdMs: dice.between(2000, 8000),
        async mend() {
          const code = node.disk!.probe()
          node.disk!.free()
          return code === 'ENOSPC' ? 'a write failed with ENOSPC' : undefined
        },
      }
    },
  },
}
