import type { FaultName } from './fault-names.ts'

/** A fault that was caused. */
export type Struck = {
  name: FaultName
  target: string
  beganUs: number
  endedUs: number
  /** What shows that it happened; undefined if nothing does. */
  proof?: string
}
