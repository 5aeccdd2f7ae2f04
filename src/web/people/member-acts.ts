import type { RoomMember } from '../../sdk/state.ts'
import type { ActTools } from '../ground/act-tools.ts'

export type MemberActs = {
  /** Loads the next page of a room's members; resolves to whether there are more. */
  more(room: string): Promise<boolean>
  add(room: string, username: string): Promise<void>
  setRole(room: string, username: string, role: RoomMember['role']): Promise<void>
  remove(room: string, username: string): Promise<void>
  /** Silences a member for so many minutes; without `minutes`, ends the silence. */
  silence(room: string, username: string, minutes?: number): Promise<void>
}

export const memberActs = ({ client }: ActTools): MemberActs => ({
  more: (room) => client().room(room).moreMembers(),
  add: (room, username) =>
    client().rest('PUT /rooms/:room/members/:username', { params: { room, username } }),
  setRole: (room, username, role) =>
    client().rest('PUT /rooms/:room/members/:username', { params: { room, username }, body: { role } }),
  remove: (room, username) =>
    client().rest('DELETE /rooms/:room/members/:username', { params: { room, username } }),
  silence(room, username, minutes) {
    const params = { room, username }
    if (minutes === undefined)
      return client().rest('DELETE /rooms/:room/members/:username/silence', { params })
    const until = new Date(Date.now() + minutes * 60_000).toISOString()
    return client().rest('PUT /rooms/:room/members/:username/silence', { params, body: { until } })
  },
})
