import { ChatError } from '../../protocol/errors.ts'
import type { RoomDraft } from '../../protocol/rooms.ts'
import type { Tools } from '../../scope.ts'
import { operatorsPass } from '../auth/redeem.ts'
import { readSetting, writeSetting } from '../settings.ts'
import { foundRoom } from './create.ts'
import { findRoomRow } from './store.ts'

const defaults: (RoomDraft & { id: string })[] = [
  { id: 'general', title: 'General', description: 'For everyone.', access: 'open' },
  { id: 'admin_room', title: 'Administrators', description: 'For administrators only.', access: 'admins' },
]

/** Creates the missing default rooms, and returns their ids. */
export async function seedRooms(tools: Tools): Promise<string[]> {
  const made: string[] = []
  for (const draft of defaults) {
    if (!(await findRoomRow(tools.sql, draft.id)) && (await makeUnlessThere(tools, draft)))
      made.push(draft.id)
  }
  await writeSetting(tools.sql, 'seeded', true)
  return made
}

/** If several servers and commands start at once, the insertion of one decides. */
async function makeUnlessThere(tools: Tools, draft: RoomDraft): Promise<boolean> {
  try {
    await foundRoom(tools, operatorsPass, undefined, draft)
    return true
  } catch (error) {
    const [field] = error instanceof ChatError ? (error.detail.errors ?? []) : []
    if (field?.reason !== 'room_taken') throw error
    return false
  }
}

/** Only on the first start, so that a deleted default room stays deleted. */
export async function seedRoomsOnce(tools: Tools): Promise<void> {
  if ((await readSetting(tools.sql, 'seeded')) === undefined) await seedRooms(tools)
}
