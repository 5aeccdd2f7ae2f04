import { ChatError } from '../../protocol/errors.ts'
import type { NewRoom } from '../../protocol/rooms.ts'
import type { Tools } from '../../scope.ts'
import { operatorsPass } from '../auth/redeem.ts'
import { readSetting, writeSetting } from '../settings.ts'
import { createRoomFor } from './create.ts'
import { findRoomRow } from './store.ts'

const defaults: (NewRoom & { id: string })[] = [
  { id: 'general', title: 'General', description: 'For everyone.', access: 'open' },
  { id: 'admin_room', title: 'Administrators', description: 'For administrators only.', access: 'admins' },
]

/** Creates the missing default rooms, and returns their ids. */
export async function seedRooms(tools: Tools): Promise<string[]> {
  const made: string[] = []
  for (const newRoom of defaults) {
    if (!(await findRoomRow(tools.sql, newRoom.id)) && (await createUnlessThere(tools, newRoom)))
      made.push(newRoom.id)
  }
  await writeSetting(tools.sql, 'seeded', true)
  return made
}

/** If several servers and commands start at once, the insertion of one decides. */
async function createUnlessThere(tools: Tools, newRoom: NewRoom): Promise<boolean> {
  try {
    await createRoomFor(tools, operatorsPass, undefined, newRoom)
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
