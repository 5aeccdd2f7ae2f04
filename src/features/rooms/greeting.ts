import { createBatch } from '../../batch.ts'
import type { Arrangement } from '../../protocol/arrangements.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import { isAdmin, onChange, perServer, type Scope, type Tools } from '../../scope.ts'
import { isBusy } from '../../storage/errors.ts'
import { arrangementsOf } from '../arrangements/own.ts'
import { statusAt } from '../auth/custom-status.ts'
import { authorsOf } from '../auth/people.ts'
import { keywordsOf } from '../keywords/own.ts'
import { listBlocksOf } from '../users/store.ts'
import { countMentions, type JoinedRow, listJoined, listUsed, type UsedRoom } from './greeting-store.ts'
import { knownRooms, membershipOf } from './known.ts'
import { type OwnRow, presentOwn, presentShared } from './present.ts'
import type { RoomListRow, RoomRow } from './store.ts'
import { isNear, loadTails, nobody, unreadOf } from './unread.ts'
import { countFar } from './unread-far.ts'

const mostRooms = 500
const mostBlocked = 1000
/** Few enough that a statement does not keep the event loop waiting where the database runs in this process. */
const mostPeople = 100
/** Two looks into an index each. */
const mostMentionCounts = 2000

/** `blocked`: usernames of people whom the actor has blocked. */
type Greeting = {
  rooms: Room[]
  more: boolean
  blocked: string[]
  keywords: string[]
  arrangement: Arrangement | undefined
  keys: number[]
}

/** A room for one person. `shared` is one object for all who are in it. */
type GreetingRow = Pick<RoomListRow, 'key' | 'id' | 'access' | 'lastAt' | 'head'> & {
  shared: Room
  own: OwnRow & Pick<JoinedRow, 'readSeq' | 'joinedAt'>
}
/** `keys`: of all their rooms, also of more than a greeting has. */
type Loaded = Pick<Greeting, 'keywords' | 'arrangement' | 'keys'> & {
  rows: GreetingRow[]
  blocked: ReadonlySet<string>
}

/** The rooms of people who come, for however many wait: a few statements for all of them, not one with subqueries for each. */
const greetings = perServer((tools) =>
  createBatch<Scope, Loaded>(mostPeople, (scopes) => load(tools, scopes), isBusy),
)

/**
 * The rooms of the actor, the one with the latest event first. A crowd waits here, each in turn; who would wait longer than
 * clients do is refused.
 */
export async function greetingOf(scope: Scope): Promise<Greeting> {
  if (greetings(scope).waiting() >= scope.policy.mostGreetings) throw new ChatError('server_busy')
  const { rows, blocked, keywords, arrangement, keys } = await greetings(scope).ask(scope)
  // No administrator any more: these may be rooms that they may not know of.
  const shown = rows.filter(({ access }) => access !== 'admins' || isAdmin(scope))
  const people = await authorsOf(scope, [...blocked].slice(0, mostBlocked))
  return {
    rooms: shown
      .slice(0, mostRooms)
      .map(({ shared, head, own }) => ({ ...shared, head, ...presentOwn(own) })),
    more: shown.length > mostRooms,
    blocked: [...people.values()].map(({ username }) => username).sort(),
    keywords,
    arrangement,
    keys,
  }
}

/** The memberships that have changed since each load that is under way began: `<room> <user>`. */
const changed = perServer((tools) => {
  const loads = new Set<Set<string>>()
  onChange(tools, 'member', ({ room, user }) => {
    for (const pairs of loads) pairs.add(`${room} ${user}`)
  })
  return loads
})

async function load(tools: Tools, scopes: Scope[]): Promise<Loaded[]> {
  const pairs = new Set<string>()
  const loads = changed(tools).add(pairs)
  try {
    const lists = await read(tools, scopes)
    return pairs.size === 0 ? lists : await withoutLost(tools, scopes, lists, pairs)
  } finally {
    loads.delete(pairs)
  }
}

/**
 * What a room is called, and how far its log reaches, is read after who is in it: somebody who was removed in between would be shown what came
 * after that.
 */
function withoutLost(tools: Tools, scopes: Scope[], lists: Loaded[], pairs: ReadonlySet<string>) {
  return Promise.all(
    lists.map(async (list, index): Promise<Loaded> => {
      const user = scopes[index]!.actor.id
      const lost = new Set<number>()
      for (const { key, id } of list.rows) {
        if (!pairs.has(`${key} ${user}`)) continue
        const held = await knownRooms(tools).load(id, user)
        if (held?.room.key !== key || held.member === null) lost.add(key)
      }
      const isKept = (key: number): boolean => !lost.has(key)
      return { ...list, rows: list.rows.filter(({ key }) => isKept(key)), keys: list.keys.filter(isKept) }
    }),
  )
}

async function read(tools: Tools, scopes: Scope[]): Promise<Loaded[]> {
  const learn = knownRooms(tools).learning()
  const readers = [...new Set(scopes.map(({ actor }) => actor.id))]
  const now = tools.clock()
  const joined = await listJoined(tools.sql, readers, now)
  const blocks = Map.groupBy(await listBlocksOf(tools.sql, readers), ({ userId }) => userId)
  const blockedBy = new Map(
    [...blocks].map(([id, some]) => [id, new Set(some.map((each) => each.blockedId))]),
  )
  const words = await keywordsOf(tools, readers)
  const arranged = await arrangementsOf(tools, tools.sql, readers)
  const used = await listUsed(tools.sql, [...new Set(joined.map(({ roomKey }) => roomKey))])
  learn(used.map(asRoom), joined.map(asMembership))
  const rooms = new Map(used.map((room) => [room.key, { room, shared: presentShared(room) }]))
  const joinedBy = Map.groupBy(joined, ({ userId }) => userId)
  const lists = scopes.map((scope) => {
    const rows = (joinedBy.get(scope.actor.id) ?? []).flatMap((mine) =>
      rowOf(mine, rooms.get(mine.roomKey), now),
    )
    const visible = rows.filter(({ access }) => access !== 'admins' || isAdmin(scope))
    const keys = visible.map(({ key }) => key)
    return { keys, rows: visible.sort(byUse).slice(0, mostRooms + 1) }
  })
  await fillCounts(
    tools,
    lists.flatMap(({ rows }, index) => rows.map((row) => ({ row, userId: scopes[index]!.actor.id }))),
    blockedBy,
  )
  return lists.map((list, index) => ({
    ...list,
    blocked: blockedBy.get(scopes[index]!.actor.id) ?? nobody,
    keywords: words.get(scopes[index]!.actor.id) ?? [],
    arrangement: arranged.get(scopes[index]!.actor.id),
  }))
}

/** Without what is only for this greeting: the cache would keep it. */
const asRoom = ({
  head: _,
  lastAt: __,
  people: ___,
  ids: ____,
  names: _____,
  avatars: ______,
  statuses: _______,
  ...room
}: UsedRoom): RoomRow => room

const asMembership = ({ roomKey, userId, role, silencedUntil }: JoinedRow) => ({
  roomKey,
  userId,
  member: membershipOf({ role, silencedUntil, blocked: false }),
})

function rowOf(
  mine: JoinedRow,
  found: { room: UsedRoom; shared: Room } | undefined,
  now: Date,
): GreetingRow[] {
  if (!found) return []
  const { room, shared } = found
  const own = { ...mine, ...directOf(room, mine.userId, now), unread: 0, mentions: 0 }
  return [
    { key: room.key, id: room.id, access: room.access, lastAt: room.lastAt, head: room.head, shared, own },
  ]
}

const noDirect = { directTitle: null, directAvatar: null, directStatus: null }

/** What a direct room shows of the others to one of its people. */
function directOf({ ids, names, avatars, statuses }: UsedRoom, userId: string, now: Date) {
  if (!ids) return noDirect
  const others = names!.filter((_, index) => ids[index] !== userId)
  const other = ids.length === 2 ? (ids[0] === userId ? 1 : 0) : undefined
  return {
    directTitle: others.length > 0 ? others.join(', ') : null,
    directAvatar: other === undefined ? null : avatars![other]!,
    directStatus: other === undefined ? null : statusAt(statuses![other], now),
  }
}

const byUse = (one: GreetingRow, other: GreetingRow): number =>
  other.lastAt - one.lastAt || (one.id < other.id ? -1 : 1)

/** Fills in `unread` and `mentions`, up to the head of each row. */
async function fillCounts(
  tools: Tools,
  lists: { row: GreetingRow; userId: string }[],
  blockedBy: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const marks = lists
    .filter(({ row }) => row.own.readSeq < row.head)
    .map(({ row, userId }) => ({ row, userId, roomKey: row.key, head: row.head, readSeq: row.own.readSeq }))
  await loadTails(tools, marks.filter(isNear))
  const far: typeof marks = []
  for (const mark of marks) {
    const unread = isNear(mark)
      ? unreadOf(tools, mark.userId, mark, blockedBy.get(mark.userId) ?? nobody)
      : undefined
    if (unread === undefined) far.push(mark)
    else mark.row.own.unread = unread
  }
  const counted = await countFar(tools.sql, far, blockedBy)
  for (const [index, { row }] of far.entries()) {
    row.own.unread = counted[index]!.unread
    // The head of the same moment: a deletion after it would otherwise be counted twice.
    row.head = counted[index]!.head
  }
  for (let at = 0; at < marks.length; at += mostMentionCounts) {
    const some = marks.slice(at, at + mostMentionCounts)
    const asked = some.map((mark) => ({ ...mark, head: mark.row.head, joinedAt: mark.row.own.joinedAt }))
    for (const [index, mentions] of await countMentions(tools.sql, asked))
      some[index]!.row.own.mentions = mentions
  }
}
