import { ChatError } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { type Access, accessRoom, type Need } from './access.ts'

/**
 * Runs `work` in a transaction that has locked the room. While it waits for the lock, the actor may be removed or demoted,
 * so the gate is checked again: nothing of theirs may follow that event in the log.
 */
export async function withRoomLock<Result>(
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
