import type { RoomState } from '../../sdk/state.ts'
import type { Store } from '../ground/store.ts'
import { say } from '../language/say.ts'

/** Asks first when you would need an invite to come back. */
export async function leave(store: Store, room: RoomState): Promise<void> {
  const sure =
    room.access !== 'closed' ||
    (await store.ask({
      title: say('leave.title', { room: room.title }),
      text: say('leave.text'),
      action: say('leave.act'),
    }))
  if (sure) store.rooms.leave(room.id)
}
