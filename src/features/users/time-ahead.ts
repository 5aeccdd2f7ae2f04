import { invalidField } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'

/** A time in a request that has to be in the future. */
export function timeAhead({ clock }: Pick<Tools, 'clock'>, until: string, path = '/until'): Date {
  const time = new Date(until)
  if (Number.isNaN(time.getTime())) throw invalidField(path, 'time_format')
  if (time <= clock()) throw invalidField(path, 'time_past')
  return time
}
