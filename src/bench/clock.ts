/** Microseconds of a clock that never jumps and is the same in every process of this machine. */
export function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + Math.floor(nanoseconds / 1000)
}

export const sleepUntilUs = (atUs: number): Promise<void> =>
  Bun.sleep(Math.max(0, (atUs - monotonicUs()) / 1000))
