import { linesOf } from '../lines.ts'
import type { AllBack, Go, Job, Ready, Result, Survived } from './job.ts'
import { driveMixed } from './mixed.ts'
import { driveNemesis } from './nemesis.ts'
import { drivePages } from './pages.ts'
import { driveReturn } from './return.ts'
import { driveRooms } from './rooms.ts'

/** A load process: reads one job from its input and writes the result to its output. */
export async function runLoad(): Promise<number> {
  const lines = linesOf(Bun.stdin.stream())
  const next = async <What>(): Promise<What | undefined> => {
    const { value, done } = await lines.next()
    return done ? undefined : (JSON.parse(value) as What)
  }
  const send = (message: Ready | AllBack | Result | Survived): void =>
    void process.stdout.write(`${JSON.stringify(message)}\n`)
  const job = await next<Job>()
  if (!job) return 0
  const go = (): Promise<Go | undefined> => next<Go>()
  if (job.kind === 'rooms') send(await driveRooms(job, send, go))
  else if (job.kind === 'pages') send(await drivePages(job, send, go))
  else if (job.kind === 'return') send(await driveReturn(job, send, go))
  else if (job.kind === 'nemesis') send(await driveNemesis(job, send, go))
  else send(await driveMixed(job, send, go))
  return 0
}
