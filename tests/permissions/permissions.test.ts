import { describe, expect, test } from 'bun:test'
import { commands as schemas } from '../../src/protocol/commands.ts'
import { logIn, passwordOf, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { askCommand, askRoute } from './ask.ts'
import {
  expected,
  type GlobalRule,
  globalRules,
  type Persona,
  people,
  type RoomKind,
  type RoomRule,
  rooms,
  type Visitor,
  visitors,
} from './rules.ts'
import { casesOf, commands, type Row, routes } from './table.ts'
import { done, furnish, gather, type Place } from './world.ts'

const isGlobal = (rule: string): rule is GlobalRule => Object.hasOwn(globalRules, rule)
const isCommand = (what: string): boolean => !what.includes('/')

test('every route and every command has its row in the table, and no row is of something else', async () => {
  const server = await startServer()
  const { body } = await rest(server).get('/swagger/json')
  await server.stop()
  const paths = body.paths as Record<string, object>
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(Object.keys(routes).sort()).toEqual(found.sort())
  expect(Object.keys(commands).sort()).toEqual(Object.keys(schemas).sort())
})

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => ({ cast: await gather(server) }))
  const cases = [...casesOf(routes), ...casesOf(commands)]
  /** Rooms that are as they were, for the next row. */
  const places = new Map<RoomKind, Place>()
  const inRooms = cases.filter(({ row }) => !isGlobal(row.rule))
  const elsewhere = cases.filter(({ row }) => isGlobal(row.rule))

  describe('the table of permissions holds in rooms', () => {
    test.each(inRooms.map((each) => [each.name, each] as const))('%s', async (_, { what, row }) => {
      const found: Record<string, string> = {}
      const said: Record<string, string> = {}
      await Promise.all(
        rooms.map(async (kind) => {
          let place = row.alters || row.fresh ? undefined : places.get(kind)
          for (const person of people) {
            const rule = expected(row.rule as RoomRule, kind, person)
            if (rule === undefined) continue
            place ??= await furnish(at().server, at().cast, kind)
            said[`${kind} ${person}`] = rule
            found[`${kind} ${person}`] = await walk(what, row, kind, person, place)
            if (row.fresh && found[`${kind} ${person}`] === 'ok') place = undefined
          }
          if (place && !row.alters && !row.fresh) places.set(kind, place)
        }),
      )
      expect(found).toEqual(said)
    })
  })

  /** The outcome; where the room must look like none, also whether it does. */
  async function walk(what: string, row: Row, kind: RoomKind, name: Persona, place: Place): Promise<string> {
    const { server, cast } = at()
    const person = cast.of(kind, name)
    const peer = cast.of(kind, 'peer')
    const ask = (room: string, code: string) => {
      const seq = place.seqOf(row.seq === 'own' ? person : peer)
      const other = row.with?.username === 'newcomer' ? cast.of(kind, 'newcomer') : peer
      const username = row.with?.username === 'me' ? 'me' : other.username
      if (!isCommand(what)) {
        const values = { room, username, seq: String(seq), emoji: '👍', id: idIn(place, what), code }
        return askRoute(server, what, row, values, person)
      }
      const needsSeq = Object.hasOwn(schemas[what as keyof typeof schemas].properties, 'seq')
      return askCommand(cast, what, row, needsSeq ? { room, seq } : { room }, person)
    }
    const { outcome, traces } = await ask(place.room, place.invite.code)
    if (outcome !== '404' || expected('find', kind, name) !== '404') return outcome
    const none = await ask('there-never-was-one', 'there-never-was-one')
    return traces === none.traces ? outcome : `404, unlike none: ${traces} and ${none.traces}`
  }

  describe('the table of permissions holds outside of rooms', () => {
    test.each(elsewhere.map((each) => [each.name, each] as const))('%s', async (_, { what, row }) => {
      const found: Partial<Record<Visitor, string>> = {}
      const said = globalRules[row.rule as GlobalRule]
      for (const visitor of visitors) {
        // Who has no session has no socket.
        const hasSocket = visitor === 'user' || visitor === 'admin'
        found[visitor] = isCommand(what) && !hasSocket ? said[visitor] : await visit(what, row, visitor)
      }
      expect(found as object).toEqual(said)
    })
  })

  async function visit(what: string, row: Row, visitor: Visitor): Promise<string> {
    const { server, cast } = at()
    const person = row.fresh
      ? await newcomer(visitor)
      : visitor === 'nobody'
        ? undefined
        : cast.person(visitor)
    const id = what.startsWith('DELETE /bots') ? await cast.robotToken() : person ? sessionOf(person) : 'none'
    const values = { username: 'subject', role: 'admin', secret: 'none', ...row.with, id }
    if (isCommand(what)) {
      const renewal = what === 'session.renew' ? { token: person!.token } : {}
      return (await askCommand(cast, what, row, renewal, person!)).outcome
    }
    const body = row.body ?? bodyOf(what, visitor, person)
    const sent = { ...(body ? { body } : {}), ...(row.query ? { query: row.query } : {}) }
    return (await askRoute(server, what, sent, values, person)).outcome
  }

  /** An account that the act may use up. */
  async function newcomer(visitor: Visitor): Promise<Person | undefined> {
    const { server, cast } = at()
    if (visitor === 'nobody') return undefined
    if (visitor === 'banned') return cast.person('banned')
    const person = await signUp(server, `used-up-${crypto.randomUUID().slice(0, 8)}`)
    if (visitor === 'admin')
      await done(server, cast.person('admin'), 'PUT', `/users/${person.username}/roles/admin`)
    return person
  }

  test('a session from before a ban is as dead as the account: no route and no socket lets it in', async () => {
    const { server } = at()
    expect(logIn(server, 'banned')).rejects.toThrow('account_banned')
  })
})

const idIn = (place: Place, what: string): string =>
  what.includes('/webhooks/out/')
    ? place.outgoing.id
    : what.includes('/webhooks/')
      ? place.webhook.id
      : place.invite.id

const sessionOf = ({ token }: Person): string =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sid

/** What only the visitor can say. */
function bodyOf(what: string, visitor: Visitor, person: Person | undefined): object | undefined {
  const username = person?.username ?? 'nobody-at-all'
  const password = person?.password ?? 'a password of nobody'
  const refresh_token = person?.refreshToken ?? 'none'
  const name = `new-${crypto.randomUUID().slice(0, 8)}`
  const draft = { username: name, email: `${name}@example.org`, password: passwordOf(name) }
  const bodies: Record<string, object> = {
    'POST /auth/signup': draft,
    'POST /auth/setup': { ...draft, code: `of ${visitor}` },
    'POST /auth/login': { username, password },
    'POST /auth/token': new URLSearchParams({ grant_type: 'password', username, password }),
    'POST /auth/refresh': { refresh_token },
    'PUT /users/me/password': { current_password: password, new_password: `${password}, changed` },
  }
  return bodies[what]
}
