/**
 * Microseconds of a clock that all processes of this machine share and that does not jump while one of them runs. Not
 * `process.hrtime`: under Bun it begins anew with each process.
 */
export const monotonicUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)

export const sleepUntilUs = (atUs: number): Promise<void> =>
  Bun.sleep(Math.max(0, (atUs - monotonicUs()) / 1000))
