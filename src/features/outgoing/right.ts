import { ChatError } from '../../protocol/errors.ts'
import { isBanned, type Scope, type Tools } from '../../scope.ts'
import { people } from '../auth/people.ts'
import { operatorsPass } from '../auth/redeem.ts'
import { accessRoom } from '../rooms/access.ts'

/**
 * A webhook sends only while the person who created it may take everything out of the room: an owner, or an administrator who is
 * in it. Asked before each event.
 */
export async function mayStillSend(tools: Tools, room: string, createdBy: string): Promise<boolean> {
  const creator = await people(tools).find(createdBy)
  if (!creator || creator.deleted || isBanned(tools, creator)) return false
  const scope: Scope = { ...tools, actor: creator, session: '', ...operatorsPass }
  try {
    await accessRoom(scope, room, 'export')
    return true
  } catch (error) {
    if (error instanceof ChatError) return false
    throw error
  }
}
