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

const pathOf = (room: string, username: string) =>
  `/rooms/${encodeURIComponent(room)}/members/${encodeURIComponent(username)}`

export const memberActs = ({ client }: ActTools): MemberActs => ({
  more: (room) => client().room(room).moreMembers(),
  add: (room, username) => client().rest('PUT', pathOf(room, username)),
  setRole: (room, username, role) => client().rest('PUT', pathOf(room, username), { role }),
  remove: (room, username) => client().rest('DELETE', pathOf(room, username)),
  silence(room, username, minutes) {
    const path = `${pathOf(room, username)}/silence`
    if (minutes === undefined) return client().rest('DELETE', path)
    const until = new Date(Date.now() + minutes * 60_000).toISOString()
    return client().rest('PUT', path, { until })
  },
})
