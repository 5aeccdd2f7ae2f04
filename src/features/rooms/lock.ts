import { ChatError } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { redeem } from '../auth/redeem.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { type Access, accessRoom, type Need, passTo } from './access.ts'

/*
 * How verbs use a room. Each function checks the gate twice: first to refuse early, and again when nobody can change the
 * result any more. So a verb writes nothing with a right that it has lost, and reads nothing that was written after the loss.
 */

/**
 * Runs `work` in a transaction that has locked the room. While it waits for the lock, the actor may be removed or demoted:
 * nothing of theirs may follow that event in the log.
 */
export async function withRoomLock<Result>(
  scope: Scope,
  id: string,
  need: Need,
  work: (tx: Transaction, access: Access) => Promise<Result>,
): Promise<Result> {
  const { room } = await accessRoom(scope, id, need)
  return writer(scope).transact(passTo(scope, room, need), work)
}

/** Changes something about the actor in a room, without its lock and its log. */
export async function changeInRoom<Result>(
  scope: Scope,
  id: string,
  need: Need,
  work: (access: Access) => Promise<Result>,
): Promise<Result> {
  const { room } = await accessRoom(scope, id, need)
  const result = await redeem(scope, passTo(scope, room, need), work)
  await stillAllowed(scope, id, need, room.key)
  return result
}

/** Reads from a room. `present` makes the reply, with the access of that moment. */
export async function readRoom<Read, Result = Read>(
  scope: Scope,
  id: string,
  need: Need,
  read: (access: Access) => Promise<Read>,
  present: (read: Read, access: Access) => Result = (found) => found as unknown as Result,
): Promise<Result> {
  const access = await accessRoom(scope, id, need)
  const found = await read(access)
  return present(found, await stillAllowed(scope, id, need, access.room.key))
}

async function stillAllowed(scope: Scope, id: string, need: Need, key: number): Promise<Access> {
  const access = await accessRoom(scope, id, need)
  if (access.room.key !== key) throw new ChatError('room_not_found')
  return access
}
