import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { acquaint, makeRoom, setUp, signUp } from '../support/cast.ts'
import { type Answer, type Person, rest } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { patienceMs } from '../support/patience.ts'
import { postgresForTests } from '../support/postgres.ts'

type Server = { url: string }
type Given = {
  here: Server
  there: Server
  ada: Person
  ben: Person
  cleo: Person
  room: string
  direct: string
}

/** What changes on the first node, and what then is so on the second, which has it in memory as it was before. */
type Kind = {
  there(given: Given): Promise<unknown>
  before: unknown
  change(given: Given): Promise<Answer>
  after: unknown
}

const reasonOf = ({ status, body }: Answer): unknown => body?.reason ?? status

const send = async ({ there, cleo, room }: Given) =>
  reasonOf(await rest(there, cleo).post(`/rooms/${room}/messages`, { content: 'hello' }))

const kinds: Record<string, Kind> = {
  'a ban': {
    there: send,
    before: 201,
    change: ({ here, ada, cleo }) => rest(here, ada).put(`/users/${cleo.username}/ban`, {}),
    after: 'session_ended',
  },
  'the role of an administrator': {
    there: async ({ there, cleo }) => reasonOf(await rest(there, cleo).get('/audit')),
    before: 200,
    change: ({ here, ada, cleo }) => rest(here, ada).delete(`/users/${cleo.username}/roles/admin`),
    after: 'admins_only',
  },
  'the end of a session': {
    there: send,
    before: 201,
    change: ({ here, cleo }) => rest(here, cleo).post('/auth/logout'),
    after: 'session_ended',
  },
  'an API token that is revoked': {
    there: async ({ there, cleo }) => {
      tokens[cleo.username] ??= (
        await rest(there, cleo).post('/tokens', { name: 'of a test', scopes: ['read'] })
      ).body
      return reasonOf(await rest(there, tokens[cleo.username]).get('/users/me'))
    },
    before: 200,
    change: ({ here, cleo }) => rest(here, cleo).delete(`/tokens/${tokens[cleo.username]!.id}`),
    after: 'session_ended',
  },
  'a removal': {
    there: async ({ there, cleo, room }) => reasonOf(await rest(there, cleo).get(`/rooms/${room}/messages`)),
    before: 200,
    change: ({ here, ben, cleo, room }) => rest(here, ben).delete(`/rooms/${room}/members/${cleo.username}`),
    after: 'not_a_member',
  },
  'a role in a room': {
    there: async ({ there, cleo, room }) => reasonOf(await rest(there, cleo).get(`/rooms/${room}/invites`)),
    before: 200,
    change: ({ here, ben, cleo, room }) =>
      rest(here, ben).put(`/rooms/${room}/members/${cleo.username}`, { role: 'member' }),
    after: 'moderators_only',
  },
  'a silence': {
    there: send,
    before: 201,
    change: ({ here, ben, cleo, room }) =>
      rest(here, ben).put(`/rooms/${room}/members/${cleo.username}/silence`, {
        until: '2099-01-01T00:00:00Z',
      }),
    after: 'silenced',
  },
  'a block': {
    there: async ({ there, cleo, direct }) =>
      reasonOf(await rest(there, cleo).post(`/rooms/${direct}/messages`, { content: 'hello' })),
    before: 201,
    change: ({ here, ben, cleo }) => rest(here, ben).put(`/users/me/blocks/${cleo.username}`, {}),
    after: 'direct_blocked',
  },
  'a room that is deleted': {
    there: send,
    before: 201,
    change: ({ here, ben, room }) => rest(here, ben).delete(`/rooms/${room}`),
    after: 'room_not_found',
  },
  'the settings of a room': {
    there: async ({ there, cleo, room }) => (await rest(there, cleo).get(`/rooms/${room}`)).body.title,
    before: 'Before',
    change: ({ here, ben, room }) => rest(here, ben).patch(`/rooms/${room}`, { title: 'After' }),
    after: 'After',
  },
  'a name': {
    there: async ({ there, ben, cleo }) =>
      (await rest(there, ben).get(`/users/${cleo.username}`)).body.display_name,
    before: 'Before',
    change: ({ here, cleo }) => rest(here, cleo).patch('/users/me', { display_name: 'After' }),
    after: 'After',
  },
}

const tokens: Record<string, { token: string; id: string }> = {}
let people = 0
/** Nobody becomes an administrator whose name looks like that of another. */
const letters = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => String.fromCharCode(97 + (byte % 26)))
    .join('')

describe.skipIf(!(await postgresForTests()))('what one of two nodes changes', () => {
  const linked = linkedBuses(2)
  let nodes: Nodes
  let ada: Person
  beforeAll(async () => {
    nodes = await startNodes(linked.buses)
    for (const { tools } of nodes.servers) tools.policy.distrustEveryMs = 50
    const { url, setupLink } = nodes.servers[0]!
    ada = await setUp({ url, setupCode: setupLink!.split('#setup=')[1]! }, 'ada')
  })
  afterAll(async () => nodes?.stop())

  /** New people for each test, because for some it is the last. */
  async function given(name: string): Promise<Given> {
    const [here, there] = nodes.servers as unknown as [Server, Server]
    const ben = await signUp(here, `ben${++people}`)
    const cleo = await signUp(there, letters())
    await acquaint(here, ben, cleo)
    if (name === 'a name') await rest(here, cleo).patch('/users/me', { display_name: 'Before' })
    if (name === 'the role of an administrator')
      await rest(here, ada).put(`/users/${cleo.username}/roles/admin`)
    const room = await makeRoom(here, ben, [cleo], { title: 'Before' })
    if (name === 'a role in a room')
      await rest(here, ben).put(`/rooms/${room}/members/${cleo.username}`, { role: 'moderator' })
    const direct = (await rest(here, ben).post('/directs', { usernames: [cleo.username] })).body.id
    return { here, there, ada, ben, cleo, room, direct }
  }

  /** Polls, because it is the other node that has to hear of it. */
  async function become(kind: Kind, given: Given, wanted: unknown): Promise<void> {
    const giveUpAt = performance.now() + patienceMs
    for (;;) {
      const found = await kind.there(given)
      if (found === wanted || performance.now() > giveUpAt) return expect(found).toEqual(wanted as never)
      await Bun.sleep(5)
    }
  }

  for (const [name, kind] of Object.entries(kinds)) {
    test(`${name}: the other hears of it`, async () => {
      const some = await given(name)
      await become(kind, some, kind.before)
      expect((await kind.change(some)).status).toBeLessThan(300)
      await become(kind, some, kind.after)
    })

    test(`${name}: the other finds out while the bus is away`, async () => {
      const some = await given(name)
      await become(kind, some, kind.before)
      linked.cut()
      try {
        expect((await kind.change(some)).status).toBeLessThan(300)
        linked.gap()
        await become(kind, some, kind.after)
      } finally {
        linked.mend()
      }
    })
  }
})
