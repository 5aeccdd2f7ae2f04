import { ChatError } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { type Access, accessRoom, type Need } from './access.ts'

/**
 * Does something in a room that nobody else changes meanwhile. Who waits for it may be removed or demoted by whoever goes
 * first, so the gate is asked again: nothing of theirs comes after that in the log.
 */
export async function holdRoom<Result>(
  scope: Scope,
  id: string,
  need: Need,
  work: (tx: Transaction, access: Access) => Promise<Result>,
): Promise<Result> {
  let access = await accessRoom(scope, id, need)
  const { room } = access
  return writer(scope).transact(
    room,
    (tx) => work(tx, access),
    async () => {
      access = await accessRoom(scope, id, need)
      if (access.room.key !== room.key) throw new ChatError('room_not_found')
    },
  )
}
