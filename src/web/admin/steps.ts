import type { Community } from '../../protocol/community.ts'
import type { Room } from '../../protocol/rooms.ts'

export type Step = 'name' | 'picture' | 'people' | 'rooms'

/** The rooms that every community begins with. */
export const firstRooms: readonly string[] = ['general', 'admin_room']

type There = {
  community: Community | undefined
  /** Whether anybody else has an account, or an invite was created. */
  hasOthers: boolean
  rooms: readonly Pick<Room, 'id' | 'access'>[]
}

/** What a new community needs, in the order in which to do it, and what of it is there. */
export const stepsOf = ({ community, hasOthers, rooms }: There): { step: Step; done: boolean }[] => [
  { step: 'name', done: community?.name !== undefined },
  { step: 'picture', done: community?.avatar !== undefined },
  {
    step: 'rooms',
    done: rooms.some(({ id, access }) => access !== 'direct' && !firstRooms.includes(id)),
  },
  { step: 'people', done: hasOthers },
]
