import type { Note } from '../../bus/bus.ts'
import type { Person, Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { authorsOf } from '../auth/people.ts'
import { presentRoom } from './present.ts'
import { noteTo } from './send.ts'
import { listRoomRows, type RoomListRow, type RoomRow } from './store.ts'

export type UserNote = Extract<Note, { to: 'user' }>
type Place = Pick<RoomRow, 'key' | 'id' | 'access'>

/** By which all sockets of a person hear that they are in this room. */
export const openedNote = (room: Place, user: string, row: RoomListRow): UserNote => ({
  ...noteTo(user, room, { type: 'room.opened', room: presentRoom(row) }),
  moved: { room: room.key, gone: false },
})

/** By which they hear that they are in it no more. */
export const closedNote = (room: Place, user: string, reason: 'left' | 'removed' | 'deleted'): UserNote => ({
  ...noteTo(user, room, { type: 'room.closed', room: room.id, reason }),
  moved: { room: room.key, gone: true },
})

export async function roomFor(tools: Tools, id: string, person: Person): Promise<RoomListRow | undefined> {
  const [row] = await listRoomRows(tools.sql, person, tools.clock(), { limit: 1, others: false, only: id })
  return row
}

/** For a person who has not heard of it: what is true now, in place of what the verb has sent. */
export async function missedNote(
  tools: Tools,
  user: string,
  { room: key, gone }: { room: number; gone: boolean },
): Promise<UserNote | undefined> {
  const [room] = await tools.sql.query<Place & { deleted: boolean }>(
    'select key, id, access, deleted_at is not null as deleted from rooms where key = $1',
    [key],
  )
  if (!room) return undefined
  if (gone) return closedNote(room, user, room.deleted ? 'deleted' : 'removed')
  const person = (await authorsOf(tools, [user])).get(user)
  const row = person && (await roomFor(tools, room.id, person))
  return row && openedNote(room, user, row)
}

/** The keys of the rooms that these people are in and may know of, by person. */
export async function joinedBy({ query }: Sql, people: string[]): Promise<Map<string, number[]>> {
  const rows = await query<{ userId: string; rooms: number[] }>(
    `select members.user_id as "userId", array_agg(members.room_key) as rooms
     from members
     join rooms on rooms.key = members.room_key
     join users on users.id = members.user_id
     where members.user_id = any($1::uuid[]) and rooms.deleted_at is null
       and (rooms.access <> 'admins' or users.role = 'admin')
     group by members.user_id`,
    [people],
  )
  return new Map(rows.map(({ userId, rooms }) => [userId, rooms]))
}
