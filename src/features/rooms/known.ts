import { createBatch } from '../../batch.ts'
import { onChange, onDistrust, perServer } from '../../scope.ts'
import { findMemberships, findRoomRows, type MembershipRow, type RoomRow } from './store.ts'

export type Membership = Readonly<Pick<MembershipRow, 'role' | 'silencedUntil' | 'blocked'>>

/** A cached room. All code shares one object per room; changes update it in place. */
export type KnownRoom = Omit<RoomRow, 'archivedAt' | 'deletedAt'> & {
  archived: boolean
  deleted: boolean
  /** Since it was last looked at for removal. */
  used: boolean
  /** Cached memberships by user; null means: known not to be a member. */
  members: Map<string, Membership | null>
  /** Memberships being read. A change removes the read from here, and its result is then not cached. */
  reading: Map<string, Promise<Membership | null>>
}

/** What was asked of the database for somebody who wants a room. */
export type Asked = { room?: true; member?: true }

export type Held = { room: KnownRoom; member: Membership | null }

const mostRooms = 20_000
/** Of all rooms together. */
const mostMemberships = 500_000
const mostAtOnce = 200
/** The key of no room. */
const noRoom = 0

/**
 * Caches rooms and memberships, so that a message needs no query for them. Every change is announced. A full cache drops a
 * room that was not used since it was last looked at (CLOCK): to put each use in order would cost more than the use.
 */
export const knownRooms = perServer((tools) => {
  const byId = new Map<string, KnownRoom>()
  const byKey = new Map<number, KnownRoom>()
  let membershipCount = 0

  let changes = 0
  let memberChanges = 0
  onChange(tools, 'room', ({ room }) => {
    changes++
    forget(room)
  })
  onChange(tools, 'member', ({ room, user }) => {
    memberChanges++
    const known = byKey.get(room)
    if (!known) return
    known.reading.delete(user)
    if (known.members.delete(user)) membershipCount--
  })

  onDistrust(tools, () => {
    changes++
    memberChanges++
    for (const key of [...byKey.keys()]) forget(key)
  })

  const rooms = createBatch<string, RoomRow | undefined>(mostAtOnce, async (ids) => {
    const found = new Map((await findRoomRows(tools.sql, ids)).map((row) => [row.id, row]))
    return ids.map((id) => found.get(id))
  })
  const memberships = createBatch<{ roomKey: number; userId: string }, MembershipRow | undefined>(
    mostAtOnce,
    async (pairs) => {
      const rows = await findMemberships(tools.sql, pairs)
      const found = new Map(rows.map((row) => [`${row.roomKey} ${row.userId}`, row]))
      return pairs.map(({ roomKey, userId }) => found.get(`${roomKey} ${userId}`))
    },
  )

  /** Returns room and membership from the cache; undefined if they must be loaded first. */
  function peek(id: string, user: string): Held | undefined {
    const room = byId.get(id)
    const member = room?.members.get(user)
    if (room === undefined || member === undefined) return undefined
    room.used = true
    return { room, member }
  }

  async function load(id: string, user: string, asked: Asked = {}): Promise<Held | undefined> {
    if (!byId.has(id)) asked.room = true
    const room = await find(id)
    if (!room || room.deleted) return undefined
    const known = room.members.get(user)
    if (known !== undefined) return { room, member: known }
    asked.member = true
    // Parallel calls share one read. Otherwise only the newest read would be cached, and a crowd of callers would start
    // newer ones again and again.
    const member = await (room.reading.get(user) ?? loadMember(room, user))
    return room.deleted ? undefined : { room, member }
  }

  /**
   * Before somebody hears that a room is not there: asks what was not asked. Otherwise a hidden room in the cache would be
   * refused at once, and a room that does not exist only after a query.
   */
  async function askTheRest(id: string, user: string, asked: Asked): Promise<void> {
    if (!asked.room && !id.includes('\0')) await rooms.ask(id)
    if (!asked.member) await memberships.ask({ roomKey: byId.get(id)?.key ?? noRoom, userId: user })
  }

  function loadMember(room: KnownRoom, user: string): Promise<Membership | null> {
    const end = (): boolean => room.reading.get(user) === reading && room.reading.delete(user)
    const reading = readMember(room, user).then(
      (member) => {
        if (!end()) return member
        keepMember(room, user, member)
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

  async function readMember({ key }: KnownRoom, user: string): Promise<Membership | null> {
    const row = await memberships.ask({ roomKey: key, userId: user })
    return row ? membershipOf(row) : null
  }

  /**
   * For a read of many: call it before, and what it returns with what was read. It keeps rooms and memberships unless some
   * have changed meanwhile. Those of direct rooms are left out, because a block is part of them.
   */
  function learning() {
    const seen = { changes, memberChanges }
    return (rows: RoomRow[], members: { roomKey: number; userId: string; member: Membership }[]): void => {
      if (seen.changes !== changes || seen.memberChanges !== memberChanges) return
      for (const row of rows) keep(row)
      for (const { roomKey, userId, member } of members) {
        const room = byKey.get(roomKey)
        if (!room || room.access === 'direct' || room.deleted || room.members.has(userId)) continue
        if (!room.reading.has(userId)) keepMember(room, userId, member)
      }
    }
  }

  function keepMember(room: KnownRoom, user: string, member: Membership | null): void {
    while (membershipCount >= mostMemberships) dropMembers(unused())
    room.members.set(user, member)
    membershipCount++
  }

  function dropMembers(room: KnownRoom): void {
    membershipCount -= room.members.size
    room.members = new Map()
  }

  /** The next room that was not used since the last look; it is looked at last again. */
  function unused(): KnownRoom {
    for (;;) {
      const [key, room] = byKey.entries().next().value!
      byKey.delete(key)
      byKey.set(key, room)
      if (!room.used) return room
      room.used = false
    }
  }

  async function find(id: string): Promise<KnownRoom | undefined> {
    return byId.get(id) ?? loadRoom(id)
  }

  async function loadRoom(id: string): Promise<KnownRoom | undefined> {
    // No id contains a NUL, and Postgres refuses it even in a query.
    if (id.includes('\0')) return undefined
    for (;;) {
      const seen = changes
      const row = await rooms.ask(id)
      // Read again if a room changed during the read: a deleted room must not come back into the cache.
      if (seen === changes || !row) return row && keep(row)
    }
  }

  function keep(row: RoomRow): KnownRoom {
    const known = byKey.get(row.key)
    if (known) return known
    if (byId.size >= mostRooms) forget(unused().key)
    const { archivedAt, deletedAt: _, ...columns } = row
    const room: KnownRoom = {
      ...columns,
      title: columns.title || (columns.access === 'direct' ? '' : columns.id),
      archived: archivedAt !== null,
      deleted: false,
      used: false,
      members: new Map(),
      reading: new Map(),
    }
    byId.set(row.id, room)
    byKey.set(row.key, room)
    return room
  }

  function forget(key: number): void {
    const room = byKey.get(key)
    if (!room) return
    room.reading.clear()
    dropMembers(room)
    byKey.delete(key)
    if (byId.get(room.id) === room) byId.delete(room.id)
  }

  return {
    peek,
    load,
    askTheRest,
    find,
    keep,
    forget,
    learning,
    inMemory: () => ({ rooms: byKey.size, memberships: membershipCount }),
  }
})

/** Nearly all memberships are a role and nothing else: these share an object for each role. */
export function membershipOf({ role, silencedUntil, blocked }: Membership): Membership {
  return silencedUntil === null && !blocked ? plain[role] : { role, silencedUntil, blocked }
}

const plainOf = (role: Membership['role']): Membership => ({ role, silencedUntil: null, blocked: false })

const plain = { owner: plainOf('owner'), moderator: plainOf('moderator'), member: plainOf('member') }
