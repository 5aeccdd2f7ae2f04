import { monotonicUs, sleepUntilUs } from '../clock.ts'
import type { Go } from './job.ts'

/** Waits until what is to be measured is over: how long that took, and how much CPU time this process spent. `tally` counts meanwhile. */
export async function measured(
  { measureUs, endUs }: Pick<Go, 'measureUs' | 'endUs'>,
  tally: { measuring: boolean },
): Promise<{ seconds: number; loadCpuSeconds: number }> {
  await sleepUntilUs(measureUs)
  const began = { us: monotonicUs(), cpu: process.cpuUsage() }
  tally.measuring = true
  await sleepUntilUs(endUs)
  tally.measuring = false
  const seconds = (monotonicUs() - began.us) / 1e6
  const { user, system } = process.cpuUsage(began.cpu)
  return { seconds, loadCpuSeconds: (user + system) / 1e6 }
}
