import { useMemo } from 'preact/hooks'
import type { RoomState } from '../../sdk/state.ts'
import { useStore } from './context.ts'
import { type Powers, powersIn } from './powers.ts'
import { useUntil } from './use-until.ts'

/** Returns the same object until a power may have changed: a message line is drawn again only when its props change. */
export function usePowers(room: RoomState): Powers {
  const { me } = useStore().state.value
  const silenced = useUntil(room.silenced_until)
  return useMemo(
    () => powersIn(room, me),
    [room.access, room.archived, room.role, room.posting, silenced, me],
  )
}
