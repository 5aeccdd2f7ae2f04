import type { Tools } from '../../scope.ts'
import type { KnownRoom } from './known.ts'

/** Tells somebody of a room, on all sockets of theirs that may know of it. */
export function tellPerson(
  { bus }: Tools,
  { access }: Pick<KnownRoom, 'access'>,
  user: string,
  event: { type: string; [field: string]: unknown },
): void {
  bus.publish({ to: 'user', user, text: JSON.stringify(event), ...(access === 'admins' && { admins: true }) })
}
