// Longer than 300 lines: every verb is raced with every loss of a right, on one set of people and rooms.
import { describe, expect, test } from 'bun:test'
import { getTableName } from 'drizzle-orm'
import { commands as schemas } from '../../src/protocol/commands.ts'
import { ownership } from '../../src/storage/tables/ownership.ts'
import { meet } from '../features/listener.ts'
import { acquaint, cast } from '../support/cast.ts'
import { type Person, rest, socketOf, type TestSocket } from '../support/client.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'
import { askRoute } from './ask.ts'
import { expected, type RoomRule } from './rules.ts'
import { slowQuery, slowTransaction, valuesOf } from './slow.ts'
import { casesOf, commands, type Row, routes } from './table.ts'
import { done } from './world.ts'

/*
 * Every verb of the tables against every loss of a right. The verb has passed its gate and waits, as it does in a busy
 * room; the right is lost; then the verb goes on. After the reply to the loss nothing of it may be in the database.
 */

type Race = {
  room: string
  seq: number
  ann: Person
  server: TestServer
  ada: Person
  ben: Person
  peer: Person
}

/** What takes the right away from Ann, who is an owner of the room as Ben is. */
const losses = {
  removed: ({ server, ben, room, ann }) =>
    done(server, ben, 'DELETE', `/rooms/${room}/members/${ann.username}`),
  demoted: ({ server, ben, room, ann }) =>
    done(server, ben, 'PUT', `/rooms/${room}/members/${ann.username}`, { role: 'member' }),
  silenced: ({ server, ben, room, ann }) =>
    done(server, ben, 'PUT', `/rooms/${room}/members/${ann.username}/silence`, {
      until: '2100-01-01T00:00:00.000Z',
    }),
  archived: ({ server, ben, room }) => done(server, ben, 'PATCH', `/rooms/${room}`, { archived: true }),
  deleted: ({ server, ben, room }) => done(server, ben, 'DELETE', `/rooms/${room}`),
  banned: ({ server, ada, ann }) => done(server, ada, 'PUT', `/users/${ann.username}/ban`),
  'signed out': ({ server, ann }) => done(server, ann, 'POST', '/auth/logout'),
  blocked: ({ server, peer, ann }) => done(server, peer, 'PUT', `/users/me/blocks/${ann.username}`),
  'no administrator any more': ({ server, ada, ann }) =>
    done(server, ada, 'DELETE', `/users/${ann.username}/roles/admin`),
} satisfies Record<string, (race: Race) => Promise<unknown>>

type Loss = keyof typeof losses

/** These change the room, under its lock: a verb that waits for the lock comes after them, and is refused. */
const underTheLock: Loss[] = ['removed', 'demoted', 'silenced', 'archived', 'deleted']

function lossesOf(rule: RoomRule): Loss[] {
  const found: Loss[] = ['banned', 'signed out']
  const outside = rule === 'join' || rule === 'accept' || rule === 'enter'
  if (!outside) found.push('removed')
  if (expected(rule, 'open', 'member') !== 'ok') found.push('demoted')
  const inArchived = [expected(rule, 'archived', 'owner'), expected(rule, 'archived', 'member')]
  if (!inArchived.includes('ok') || outside) found.push('archived')
  if (rule === 'post') found.push('blocked')
  if (rule === 'post' || rule === 'moderate') found.push('silenced')
  return [...found, 'deleted']
}

const isCommand = (what: string): boolean => !what.includes('/')

const withoutLock = [
  'PUT /rooms/:room/read',
  'read.mark',
  'PUT /rooms/:room/messages/:seq/thread/read',
  'thread.read',
]

/** What changes nothing, or nothing that stays. */
const onlyRead = [
  'room.subscribe',
  'room.unsubscribe',
  'message.list',
  'message.search',
  'reaction.list',
  'thread.list',
  'version.list',
  'thread.followed',
  'saved.list',
  'keyword.list',
  'presence.list',
  'typing.start',
  'ping',
]
const isWrite = (what: string): boolean => !what.startsWith('GET ') && !onlyRead.includes(what)

const writes = [...casesOf(routes), ...casesOf(commands)].filter(({ what }) => isWrite(what))
const inRooms = writes.filter(
  ({ what, row }) => what.includes(':room') || (isCommand(what) && hasRoom(what)) || row.rule === 'accept',
)
/** Signing out is a loss itself. An erasure that has begun goes on, and signs the person out by itself. */
const losing = ['POST /auth/logout', 'DELETE /users/me']
const elsewhere = writes.filter((each) => !inRooms.includes(each) && !losing.includes(each.what))

function hasRoom(what: string): boolean {
  return Object.hasOwn(schemas[what as keyof typeof schemas].properties, 'room')
}

await onBothDatabases((database) => {
  const at = serverFor({ database, settings: { SEARCH: 'off' } }, cast)

  describe('a right that is lost while an act waits is not used in a room', () => {
    const cases = inRooms.filter(({ row }) => !['never', 'nothing', 'missing'].includes(row.rule))
    test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, { what, row }) => {
      const wrong: string[] = []
      const all = lossesOf(row.rule as RoomRule)
      // The embedded database does one thing after the other anyway: two losses, one of each kind, show that it is the same.
      const some = database === 'embedded' ? all.filter((_, n) => n === 0 || n === all.length - 1) : all
      for (const loss of some) {
        const happened = await raceInRoom(what, row, loss)
        if (happened) wrong.push(`${loss}: ${happened}`)
      }
      expect(wrong).toEqual([])
    })
  })

  /** What happened after the loss that should not have; undefined when all is well. */
  async function raceInRoom(what: string, row: Row, loss: Loss): Promise<string | undefined> {
    const { server } = at()
    const { race, ask } = await prepare(what, row, loss)
    const first = underTheLock.includes(loss)
    await purged(server)
    const slow = slowTransaction(server.tools)
    const lose = losses[loss]
    // Somebody else is busy in the room, or it is the loss itself that takes long.
    const busy = first
      ? lose(race)
      : done(server, race.peer, 'PUT', `/rooms/${race.room}/messages/${race.seq}/reactions/🐌`)
    await slow.begun
    let [early, released] = [false, false]
    const asked = ask().finally(() => {
      early = !released
    })
    await nudge()
    const lost = first ? busy : lose(race)
    await nudge()
    released = true
    slow.release()
    await lost
    // What needs no lock of the room may be done before the loss, with a reply after it: there only the database counts.
    const tooLate = async () => (await asked) === 'ok' && !early && !withoutLock.includes(what)
    if (loss === 'deleted') return (await tooLate()) ? 'done' : undefined
    const after = await everything(server)
    await Promise.all([asked, busy])
    await nudge()
    if (first && (await tooLate())) return 'done'
    // What belongs to a deleted room is removed bit by bit: only that it was deleted counts.
    const { audit } = await everything(server)
    return same(
      after,
      what === 'DELETE /rooms/:room' ? { ...after, audit: audit! } : await everything(server),
    )
  }

  async function prepare(what: string, row: Row, loss: Loss) {
    const { server, ada, ben, cleo: peer, dan: newcomer } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    await acquaint(server, ben, peer, newcomer, ann)
    const outside = row.rule === 'join' || row.rule === 'accept'
    const draft = { id: `race-${crypto.randomUUID().slice(0, 8)}` }
    const room =
      loss === 'blocked'
        ? (await done(server, ann, 'POST', '/directs', { usernames: [peer.username] })).id
        : (await done(server, ben, 'POST', '/rooms', draft)).id
    if (loss !== 'blocked') {
      await done(server, ben, 'PUT', `/rooms/${room}/members/${peer.username}`)
      if (!outside)
        await done(server, ben, 'PUT', `/rooms/${room}/members/${ann.username}`, { role: 'owner' })
    }
    const say = (person: Person) =>
      done(server, person, 'POST', `/rooms/${room}/messages`, { content: 'Words' })
    const theirs = await say(peer)
    const own = outside ? theirs : await say(ann)
    const made = async (kind: string, draft: object): Promise<{ id?: string; code?: string }> =>
      loss !== 'blocked' && (what.includes(kind) || row.rule === 'accept')
        ? done(server, ben, 'POST', `/rooms/${room}/${kind}`, draft)
        : {}
    const [invite, webhook] = [await made('invites', {}), await made('webhooks', { name: 'Builds' })]
    const outgoing =
      loss !== 'blocked' && what.includes('/webhooks/out/')
        ? await made('webhooks/out', { url: 'https://hooks.invalid/', events: ['room.updated'] })
        : {}
    // What it delivers would be a change of the database, too.
    if (outgoing.id)
      await rest(server, ben).patch(`/rooms/${room}/webhooks/out/${outgoing.id}`, { paused: true })
    await rest(server, ann).get(`/rooms/${room}`)
    const { seq } = row.seq === 'own' ? own : theirs
    if (/unpin|pin.remove|DELETE .*pins/.test(what))
      await done(server, ben, 'PUT', `/rooms/${room}/pins/${seq}`)
    const username = { me: 'me', newcomer: newcomer.username }[row.with?.username ?? ''] ?? peer.username
    const id =
      (what.includes('/webhooks/out/')
        ? outgoing.id
        : what.includes('/webhooks/')
          ? webhook.id
          : invite.id) ?? 'none'
    const race: Race = { room, seq: theirs.seq, ann, server, ada, ben, peer }
    const values = { room, username, seq: String(seq), emoji: '👍', id, code: invite.code ?? 'none' }
    if (!isCommand(what))
      return { race, ask: async () => (await askRoute(server, what, row, values, ann)).outcome }
    const socket = await socketOf(server, ann)
    await socket.next('hello')
    const needsSeq = Object.hasOwn(schemas[what as keyof typeof schemas].properties, 'seq')
    const command = { type: what, room, ...(needsSeq ? { seq } : {}), ...row.body }
    return { race, ask: () => asked(socket, command) }
  }

  describe('outside of rooms, a right is not used after the reply that ended it', () => {
    const cases = elsewhere.filter(({ row }) => row.rule === 'self' || row.rule === 'admin')
    test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, { what, row }) => {
      const wrong: string[] = []
      const all: Loss[] = ['banned', 'signed out']
      for (const loss of row.rule === 'admin' ? [...all, 'no administrator any more' as const] : all) {
        const happened = await raceElsewhere(what, row, loss)
        if (happened) wrong.push(`${loss}: ${happened}`)
      }
      expect(wrong).toEqual([])
    })
  })

  async function raceElsewhere(what: string, row: Row, loss: Loss): Promise<string | undefined> {
    const { server, ada, ben } = at()
    const [ann, peer] = (await meet(server, 'ann', 'peer')) as [Person, Person]
    if (row.rule === 'admin') await done(server, ada, 'PUT', `/users/${ann.username}/roles/admin`)
    const race: Race = { room: '', seq: 0, ann, server, ada, ben, peer }
    const isAccount = what === 'POST /bots' || what === 'POST /users'
    const body = isAccount ? { username: `new-${peer.username}` } : row.body
    const unique = what === 'POST /rooms' ? { ...body, id: `of-${peer.username}` } : body
    const directs = what.includes('direct') ? { usernames: [peer.username] } : unique
    const values = { username: peer.username, role: 'admin', id: 'none' }
    const ask = isCommand(what)
      ? await socketOf(server, ann).then((socket) => () => asked(socket, { type: what, ...directs }))
      : async () => (await askRoute(server, what, directs ? { body: directs } : {}, values, ann)).outcome
    await purged(server)
    const slow = slowTransaction(server.tools)
    const asking = ask()
    await Promise.race([slow.begun, asking])
    const lost = losses[loss](race)
    await nudge()
    slow.release()
    await lost
    const after = await everything(server)
    await asking
    await nudge()
    const later = await everything(server)
    // The ban was stored before; then the sessions of the banned person end.
    const { sessions } = what.endsWith('/ban') ? later : after
    return same({ ...after, sessions: sessions! }, later)
  }

  // An answer that was asked for before a removal showed what was written after it (attacks B5).
  describe('a removed reader reads nothing that was written afterwards', () => {
    const page = { limit: 50 }
    const reads: Record<string, (room: string, ann: Person, socket: TestSocket) => Promise<unknown>> = {
      messages: (room, ann) => rest(at().server, ann).get(`/rooms/${room}/messages`),
      'one message': (room, ann) => rest(at().server, ann).get(`/rooms/${room}/messages/4`),
      log: (room, ann) => rest(at().server, ann).get(`/rooms/${room}/log`),
      pins: (room, ann) => rest(at().server, ann).get(`/rooms/${room}/pins`),
      reactions: (room, ann) => rest(at().server, ann).get(`/rooms/${room}/messages/4/reactions`),
      thread: (room, ann) => rest(at().server, ann).get(`/rooms/${room}/messages/4/thread`),
      members: (room, ann) => rest(at().server, ann).get(`/rooms/${room}/members`),
      room: (room, ann) => rest(at().server, ann).get(`/rooms/${room}`),
      'message.list': (room, _, socket) => socket.ask({ type: 'message.list', room, ...page }),
      'room.subscribe': (room, _, socket) => socket.ask({ type: 'room.subscribe', room, history: 50 }),
    }
    test.each(Object.keys(reads))('%s', async (what) => {
      const { server, ben } = at()
      const [ann, secret] = (await meet(server, 'ann', 'secret-after')) as [Person, Person]
      await acquaint(server, ben, ann, secret)
      const { id: room } = await done(server, ben, 'POST', '/rooms', { access: 'closed' })
      await done(server, ben, 'PUT', `/rooms/${room}/members/${ann.username}`)
      await done(server, ann, 'POST', `/rooms/${room}/messages`, { content: 'Before' })
      const socket = await socketOf(server, ann)
      await socket.next('hello')
      const slow = slowQuery(server.tools, ...(await valuesOf(server.tools, room)))
      const reading = reads[what]!(room, ann, socket)
      await slow.begun
      await done(server, ben, 'DELETE', `/rooms/${room}/members/${ann.username}`)
      const { seq } = await done(server, ben, 'POST', `/rooms/${room}/messages`, { content: 'secret-after' })
      await done(server, ben, 'PUT', `/rooms/${room}/pins/${seq}`)
      await done(server, ben, 'PUT', `/rooms/${room}/messages/${seq}/reactions/:secret-after:`)
      await done(server, ben, 'PATCH', `/rooms/${room}`, { title: 'secret-after' })
      await done(server, ben, 'PUT', `/rooms/${room}/members/${secret.username}`)
      slow.release()
      const text = JSON.stringify(await reading)
      expect([text.includes('secret-after'), /not_found|not_a_member/.test(text)]).toEqual([false, true])
      await socket.close()
    })
  })

  /** Two requests later what was asked before has passed its first gate. */
  async function nudge(): Promise<void> {
    for (let n = 0; n < 2; n++) await rest(at().server).get('/health')
  }
})

/**
 * All that is stored, as a number for each table that is another one after any change: sorted and joined, the rows of all cases
 * before would take twice as long. An upload that is not whole, or was given up, is nothing that anybody sees.
 */
async function everything({ tools }: TestServer): Promise<Record<string, string>> {
  const names = ownership.map(({ table }) => getTableName(table))
  const parts = names.map(
    (name) =>
      `(select count(*) || ' ' || sum(hashtextextended(t::text, 0)::numeric) from ${name} t${only(name)}) as ${name}`,
  )
  const [found] = await tools.sql.query<Record<string, string>>(`select ${parts.join(', ')}`)
  return found!
}

const only = (table: string): string => (table === 'files' ? " where state = 'ready'" : '')

/** Rooms that an earlier case deleted are removed bit by bit; their title goes last. */
async function purged({ tools }: TestServer): Promise<void> {
  const left = `select 1 from rooms where deleted_at is not null and title <> ''`
  while ((await tools.sql.query(left)).length > 0) await Bun.sleep(5)
}

function same(before: Record<string, string>, after: Record<string, string>): string | undefined {
  const changed = Object.keys(before).filter((table) => before[table] !== after[table])
  return changed.length > 0 ? `${changed} changed` : undefined
}

/** `ok`, the code of the refusal, or that the socket was closed before. */
async function asked(socket: TestSocket, command: object & { type: string }): Promise<string> {
  const answered = socket.ask(command).then(({ type, code }) => (type === 'reply' ? 'ok' : (code as string)))
  const outcome = await Promise.race([answered.catch(() => 'closed'), socket.ending().then(() => 'closed')])
  await socket.close()
  return outcome
}
