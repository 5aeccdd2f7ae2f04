import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { sitDown } from '../idle.ts'
import type { Place } from '../place.ts'
import type { Processes, Server } from '../processes.ts'
import { portOf, seatJobs } from '../seats.ts'
import type { Axis } from './axes.ts'
import { type Cost, requireUnbroken, type Times, usedBy } from './meter.ts'
import { measureOperations, type OperationName } from './operations.ts'
import type { Seeded } from './seed.ts'

type Scene = { processes: Processes; place: Place; directory: string; times: Times }

/** Starts a server on a community of this size, measures everything, and stops it. */
export async function measureSize(
  { processes, place, directory, times }: Scene,
  axis: Axis,
  size: number,
  seeded: Seeded,
): Promise<{ costs: [OperationName, Cost][]; notes: string[] }> {
  const began = performance.now()
  const server = await processes.serve(place.env)
  const wallMs = performance.now() - began
  const start: Cost = { wallMs, medianMs: wallMs, ...(await usedBy(server)), repetitions: 1 }
  const seats = axis.name === 'online' ? await seat(processes, server, size, seeded) : undefined
  const { members } = axis.worldOf(size).target
  const costs = await measureOperations({ server, seeded, members, times })
  const backup = await measureBackup(processes, place, server, join(directory, 'growth.backup'))
  await requireUnbroken(server)
  await seats?.leave()
  await server.stop()
  const missing = seats ? size - seats.seated : 0
  return {
    costs: [...costs, ['backup', backup], ['start', start]],
    notes: missing > 0 ? [`${axis.title}, ${place.kind}: ${missing} of ${size} could not join`] : [],
  }
}

/** Every member of the measured room sits in it. */
const seat = (processes: Processes, server: Server, sockets: number, { room, members }: Seeded) =>
  sitDown(
    processes,
    seatJobs({ rooms: 1, sockets, window: 0 }, () => room.id, 'parley', portOf(server.url), members, 1),
  )

/** Once. On Postgres the command reads by itself, otherwise the server does it: the processor time is that of both. */
async function measureBackup(
  processes: Processes,
  { env }: Place,
  server: Server,
  file: string,
): Promise<Cost> {
  const before = await usedBy(server)
  const { wallMs, cpuMs } = await processes.time(['backup', file], env)
  const after = await usedBy(server)
  rmSync(file)
  return { wallMs, medianMs: wallMs, cpuMs: cpuMs + after.cpuMs - before.cpuMs, repetitions: 1 }
}
