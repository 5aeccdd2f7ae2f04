import { connect } from 'node:net'
import { freePort } from '../free-port.ts'
import type { Processes, Program } from '../processes.ts'

export type OwnRedis = {
  port: number
  /** Kills it; returns its process number. */
  kill(): Promise<number>
  start(): Promise<number>
}

const patienceMs = 20_000

export const redisProgram = (): string | undefined =>
  Bun.which('valkey-server') ?? Bun.which('redis-server') ?? undefined

/** A new Redis or Valkey that stores nothing, on a free port of 127.0.0.1. */
export async function openRedis(processes: Processes, path: string, directory: string): Promise<OwnRedis> {
  const port = await freePort()
  const command = [path, '--port', String(port), '--bind', '127.0.0.1', '--dir', directory]
  command.push('--save', '', '--appendonly', 'no')
  let program: Program | undefined

  async function start(): Promise<number> {
    program = processes.launch(command, 'SIGKILL')
    const deadline = performance.now() + patienceMs
    while (!(await answers(port))) {
      if (performance.now() > deadline) throw new Error(`${path} does not answer`)
      await Bun.sleep(20)
    }
    return program.pid
  }

  await start()
  return {
    port,
    async kill() {
      const { pid, exited, signal } = program!
      signal('SIGKILL')
      await exited
      return pid
    },
    start,
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => socket.write('PING\r\n'))
    socket.on('data', (piece) => {
      socket.destroy()
      resolve(piece.toString().startsWith('+PONG'))
    })
    socket.on('error', () => resolve(false))
    socket.setTimeout(1000, () => {
      socket.destroy()
      resolve(false)
    })
  })
