/**
 * Microseconds of a clock that all processes of this machine share and that does not jump while they run. Not
 * `process.hrtime`: in Bun it starts at zero in each process.
 */
export const monotonicUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)

export const sleepUntilUs = (atUs: number): Promise<void> =>
  Bun.sleep(Math.max(0, (atUs - monotonicUs()) / 1000))
