import { onChange, perServer } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { findMemberRow, findRoomRow, isBlockedIn, type MemberRow, type RoomRow } from './store.ts'

export type Membership = Pick<MemberRow, 'role' | 'silencedUntil'> & {
  /** In a direct room of two, one has blocked the other. */
  blocked: boolean
}

/** A room as this server knows it. One object for all who hold it, changed in place. */
export type KnownRoom = LogRoom &
  Pick<RoomRow, 'title' | 'description' | 'access' | 'posting' | 'slowSeconds' | 'createdAt'> & {
    archived: boolean
    deleted: boolean
    /** Who is a member, and who was asked about and is not. */
    members: Map<string, Membership | null>
    /** Memberships that are being read; a change takes them out, and what was read before it is not kept. */
    reading: Map<string, Promise<Membership | null>>
  }

export type Held = { room: KnownRoom; member: Membership | null }

const mostRooms = 20_000
const mostMembers = 50_000

/** Rooms and memberships in memory, so that a message costs no query for either. Every change is announced. */
export const knownRooms = perServer((tools) => {
  const byId = new Map<string, KnownRoom>()
  const byKey = new Map<number, KnownRoom>()

  let changes = 0
  onChange(tools, 'room', ({ room }) => {
    changes++
    forget(room)
  })
  onChange(tools, 'member', ({ room, user }) => {
    const known = byKey.get(room)
    if (!known) return
    known.reading.delete(user)
    known.members.delete(user)
  })

  /** What is in memory, without a query; undefined when it must be loaded first. */
  function peek(id: string, user: string): Held | undefined {
    const room = byId.get(id)
    const member = room?.members.get(user)
    return room === undefined || member === undefined ? undefined : { room, member }
  }

  async function load(id: string, user: string): Promise<Held | undefined> {
    const room = await find(id)
    if (!room || room.deleted) return undefined
    const known = room.members.get(user)
    if (known !== undefined) return { room, member: known }
    // One answer for all who ask at once: of many readings only the newest would be kept, and a crowd that asks again
    // and again would begin a newer one for ever.
    const member = await (room.reading.get(user) ?? loadMember(room, user))
    return room.deleted ? undefined : { room, member }
  }

  function loadMember(room: KnownRoom, user: string): Promise<Membership | null> {
    const end = (): boolean => room.reading.get(user) === reading && room.reading.delete(user)
    const reading = readMember(room, user).then(
      (member) => {
        if (!end()) return member
        if (room.members.size >= mostMembers) room.members.clear()
        room.members.set(user, member)
        return member
      },
      (error) => {
        end()
        throw error
      },
    )
    room.reading.set(user, reading)
    return reading
  }

  async function readMember({ key, access }: KnownRoom, user: string): Promise<Membership | null> {
    const row = await findMemberRow(tools.sql, key, user)
    if (!row) return null
    const blocked = access === 'direct' && (await isBlockedIn(tools.sql, key, user))
    return { role: row.role, silencedUntil: row.silencedUntil, blocked }
  }

  async function find(id: string): Promise<KnownRoom | undefined> {
    return byId.get(id) ?? loadRoom(id)
  }

  async function loadRoom(id: string): Promise<KnownRoom | undefined> {
    // A NUL can be in no id, and Postgres refuses it even in a question.
    if (id.includes('\0')) return undefined
    for (;;) {
      const seen = changes
      const row = await findRoomRow(tools.sql, id)
      // What was read while a room changed may be of before: a deleted room must not come back.
      if (seen === changes || !row) return row && keep(row)
    }
  }

  function keep(row: RoomRow): KnownRoom {
    const known = byKey.get(row.key)
    if (known) return known
    if (byId.size >= mostRooms) forget(byKey.keys().next().value as number)
    const { key, id, epoch, title, description, access, posting, slowSeconds, createdAt } = row
    const room: KnownRoom = {
      ...{ key, id, epoch, title, description, access, posting, slowSeconds, createdAt },
      ...{ archived: row.archivedAt !== null, deleted: false, members: new Map(), reading: new Map() },
    }
    byId.set(id, room)
    byKey.set(key, room)
    return room
  }

  function forget(key: number): void {
    const room = byKey.get(key)
    if (!room) return
    room.reading.clear()
    byKey.delete(key)
    if (byId.get(room.id) === room) byId.delete(room.id)
  }

  return { peek, load, find, keep, forget }
})
