import { createBatch } from './batch.ts'
import { arrangementCommands } from './features/arrangements/routes.ts'
import { identifyRequest } from './features/auth/guard.ts'
import { permitCommand, permitRoute } from './features/auth/permits.ts'
import { presentUser } from './features/auth/present.ts'
import { identify } from './features/auth/sessions.ts'
import { redeemTicket } from './features/auth/tickets.ts'
import { communityField, onCommunity } from './features/community/community.ts'
import { directCommands } from './features/directs/routes.ts'
import { keywordCommands } from './features/keywords/routes.ts'
import { latelyShown } from './features/links/present.ts'
import type { Entry } from './features/log/entry.ts'
import type { Heads } from './features/log/heads.ts'
import { encodeEvent } from './features/log/present.ts'
import { changeOf, readEntryPage, readEntryPages } from './features/log/replay.ts'
import { readHeads } from './features/log/store.ts'
import { messageCommands } from './features/messages/commands.ts'
import { recentOf } from './features/messages/list.ts'
import { noteText } from './features/messages/slow-mode.ts'
import { arrive, countOnline, depart, isOnline, openPresence } from './features/presence/online.ts'
import { previewCommands } from './features/previews/routes.ts'
import { noteEvent, noteListener } from './features/receipts/delivered.ts'
import { receiptCommands } from './features/receipts/read.ts'
import { accessRoom, isDirect, isRefused } from './features/rooms/access.ts'
import { roomCommands } from './features/rooms/commands.ts'
import { greetingOf } from './features/rooms/greeting.ts'
import { joinRoom } from './features/rooms/join.ts'
import { knownRooms } from './features/rooms/known.ts'
import { joinedBy, missedNote } from './features/rooms/notes.ts'
import { savedCommands } from './features/saved/commands.ts'
import { searchCommands } from './features/search/routes.ts'
import { threadCommands } from './features/threads/commands.ts'
import { typingCommands } from './features/typing/commands.ts'
import { ChatError, invalidField } from './protocol/errors.ts'
import type { Numbered, Ports, Room } from './realtime/ports.ts'
import type { Tools } from './scope.ts'

/** Rooms whose heads one statement reads. */
const mostHeads = 500
/** Rooms whose missed events one statement reads, and how many events of all of them together. */
const mostMissing = 100
const mostMissed = 5000
const leastOfEach = 20
const mostOfEach = 500

/** What the socket door may use of the features. `heads` are those of the writer, which the door may only look at. */
export function socketPorts(tools: Tools, heads: Pick<Heads, 'tipOf' | 'isPublishing'>): Ports {
  const headBatch = createBatch<number, number>(mostHeads, async (keys) => {
    const found = await readHeads(tools.sql, [...new Set(keys)])
    return keys.map((key) => found.get(key) ?? 0)
  })
  openPresence(tools)
  const missedBatch = createBatch<{ room: Room; since: number }, Missed>(mostMissing, async (places) => {
    const limit = Math.min(mostOfEach, Math.max(leastOfEach, Math.floor(mostMissed / places.length)))
    const rooms = [...Map.groupBy(places, ({ room }) => room.key).values()]
    // A room asks twice if its feed has just been opened again: the earlier place has all that the later needs.
    const starts = rooms.map((same) => same.reduce((one, other) => (other.since < one.since ? other : one)))
    const pages = await readEntryPages(tools, starts, limit)
    const byRoom = new Map(starts.map(({ room }, index) => [room.key, pages[index]!]))
    return places.map(({ room }) => {
      const { entries, last, full } = byRoom.get(room.key)!
      return { events: entries.map((entry) => numbered(room, entry)), last, full }
    })
  })
  const previewBatch = createBatch<{ key: number; after: number }, string[]>(mostHeads, (asked) =>
    latelyShown(tools, asked),
  )
  return {
    commands: {
      ...directCommands,
      ...messageCommands,
      ...previewCommands,
      ...receiptCommands,
      ...roomCommands,
      ...keywordCommands,
      ...arrangementCommands,
      ...searchCommands,
      ...threadCommands,
      ...savedCommands,
      ...typingCommands,
    },
    async identify(request) {
      const { searchParams } = new URL(request.url)
      const ticket = only(searchParams, 'ticket')
      const token = only(searchParams, 'token')
      requireKnownOrigin(tools, request)
      const identity = await (ticket !== null
        ? redeemTicket(tools, request, ticket)
        : token === null
          ? identifyRequest(tools, request, { changes: true })
          : identify(tools, token))
      permitRoute(identity.scope, { permit: 'read', budget: 'subscribe' })
      return identity
    },
    permit: permitCommand,
    renew: (token) => identify(tools, token),
    gate(scope, id) {
      const access = accessRoom(scope, id, 'read')
      return access instanceof Promise ? access.then(({ room }) => room) : access.room
    },
    isLost: (scope, id) => isRefused(scope, id, 'read'),
    async enter(scope, id) {
      const { room, member } = await accessRoom(scope, id, 'find')
      if (!member && room.access === 'closed') throw new ChatError('not_a_member')
      if (!member) {
        permitCommand(scope, 'room.join')
        await joinRoom(scope, id)
      }
      return room
    },
    head: ({ key }) => headBatch.ask(key),
    heads: (rooms) =>
      readHeads(
        tools.sql,
        rooms.map(({ key }) => key),
      ),
    committed: ({ key }) => heads.tipOf(key).head,
    isOwn: heads.isPublishing,
    async replay(room, since, limit) {
      const { entries, broken } = await readEntryPage(tools, room, since, limit)
      const events = entries.map((entry) => ({ seq: entry.seq, text: encodeEvent(room, entry) }))
      return { events, broken }
    },
    missed: (room, since) => missedBatch.ask({ room, since }),
    forget: ({ key }) => knownRooms(tools).forget(key),
    recent: (scope, room, limit) => recentOf(tools, room, scope.actor.id, limit),
    previews: ({ key }, after) => (tools.policy.previews ? previewBatch.ask({ key, after }) : undefined),
    community: () => communityField(tools),
    onCommunity: (listener) => onCommunity(tools, listener),
    user: ({ actor }) => presentUser(tools, actor, { withEmail: true }),
    async rooms(scope) {
      const { rooms, more, blocked, keywords, arrangement, keys } = await greetingOf(scope)
      const fields = {
        // Nobody but a person manages blocks.
        ...(scope.limitedTo ? {} : { blocked }),
        ...(keywords.length > 0 ? { keywords } : {}),
        ...(arrangement ? { arrangement } : {}),
        rooms: rooms.map(({ description: _d, posting: _p, created_at: _c, ...room }) => room),
        ...(more ? { more: true as const } : {}),
      }
      return { fields, keys }
    },
    joined: (people) => joinedBy(tools.sql, people),
    noteOf: (user, moved) => missedNote(tools, user, moved),
    arrive(scope, room) {
      arrive(tools, room, scope.actor)
      if (isDirect(scope, room.id)) noteListener(tools, room)
    },
    delivered(room, text) {
      noteEvent(tools, room, text)
      noteText(tools, room, text)
    },
    depart: (scope, room, mayReturn) => depart(tools, room, scope.actor, mayReturn),
    countOnline: ({ actor }, { key }) => countOnline(tools, key) + (isOnline(tools, key, actor.id) ? 0 : 1),
  }
}

type Missed = Awaited<ReturnType<Ports['missed']>>

function numbered(room: Room, entry: Entry): Numbered {
  const change = changeOf(room, entry)
  return { seq: entry.seq, text: encodeEvent(room, entry), ...(change && { change }) }
}

function only(query: URLSearchParams, name: string): string | null {
  if (query.getAll(name).length > 1) throw invalidField(`/${name}`, 'repeated_field')
  return query.get(name)
}

/** Pages of other origins may not open a socket, whatever credentials they present (RFC 6455 section 10.2). */
function requireKnownOrigin(tools: Tools, request: Request): void {
  if (request.headers.has('origin') && !tools.http.allowsOrigin(request)) {
    throw new ChatError('origin_not_allowed')
  }
}
