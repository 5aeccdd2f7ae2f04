import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { logIn, makeRoom, post, signUp } from '../support/cast.ts'
import { type Answer, type Person, rest } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('two nodes that do not hear each other', () => {
  const linked = linkedBuses(2)
  let nodes: Nodes
  let ben: Person
  let cleo: Person
  const at = (index: number) => nodes.servers[index]!
  const send = (person: Person, room: string, content = 'after it'): Promise<Answer> =>
    rest(at(1), person).post(`/rooms/${room}/messages`, { content })

  beforeAll(async () => {
    nodes = await startNodes(linked.buses)
    ben = await signUp(at(0), 'ben')
    cleo = await signUp(at(0), 'cleo')
  })
  beforeEach(() => linked.cut())
  afterAll(async () => nodes?.stop())

  /** A room of Ben in which Cleo has just written on the second node, which so has her membership in memory. */
  async function talkedIn(draft: Record<string, unknown> = {}, role = 'member'): Promise<string> {
    const room = await makeRoom(at(0), ben, [cleo], draft)
    await rest(at(0), ben).put(`/rooms/${room}/members/cleo`, { role })
    linked.mend()
    linked.cut()
    await post(at(1), cleo, room, 'before it')
    return room
  }

  /** A refusal may come after an edit was stored, when the reply is made. */
  async function typesIn(room: string): Promise<string[]> {
    const { items } = (await rest(at(0), ben).get(`/rooms/${room}/log`)).body
    return items.map(({ type }: { type: string }) => type)
  }

  test('a person who was removed on one node writes no more on the other', async () => {
    const room = await talkedIn()
    await rest(at(0), ben).delete(`/rooms/${room}/members/cleo`)
    expect(await send(cleo, room)).toMatchObject({ status: 403, body: { reason: 'not_a_member' } })
  })

  test('nor edits', async () => {
    const room = await talkedIn()
    const seq = await post(at(1), cleo, room, 'a message')
    await rest(at(0), ben).delete(`/rooms/${room}/members/cleo`)
    const edited = await rest(at(1), cleo).patch(`/rooms/${room}/messages/${seq}`, { content: 'edited' })
    expect(edited).toMatchObject({ status: 403, body: { reason: 'not_a_member' } })
    expect(await typesIn(room)).not.toContain('message.edited')
  })

  test('a person who was demoted posts no more where moderators post', async () => {
    const room = await talkedIn({ posting: 'moderators' }, 'moderator')
    await rest(at(0), ben).put(`/rooms/${room}/members/cleo`, { role: 'member' })
    expect(await send(cleo, room)).toMatchObject({ status: 403, body: { reason: 'moderators_post' } })
  })

  test('nobody writes in a room that was archived', async () => {
    const room = await talkedIn()
    await rest(at(0), ben).patch(`/rooms/${room}`, { archived: true })
    expect(await send(cleo, room)).toMatchObject({ body: { reason: 'room_archived' } })
  })

  // The other node begins at the head that has the removal, so that no place is taken that would tell it.
  test('nor where the other node has only read before', async () => {
    const room = await makeRoom(at(0), ben, [cleo])
    expect((await rest(at(1), cleo).get(`/rooms/${room}/messages`)).status).toBe(200)
    await rest(at(0), ben).delete(`/rooms/${room}/members/cleo`)
    expect(await send(cleo, room)).toMatchObject({ status: 403, body: { reason: 'not_a_member' } })
  })

  test('nor edits there', async () => {
    const room = await makeRoom(at(0), ben, [cleo])
    const seq = await post(at(0), cleo, room, 'a message')
    expect((await rest(at(1), cleo).get(`/rooms/${room}/messages`)).status).toBe(200)
    await rest(at(0), ben).delete(`/rooms/${room}/members/cleo`)
    const edited = await rest(at(1), cleo).patch(`/rooms/${room}/messages/${seq}`, { content: 'edited' })
    expect(edited).toMatchObject({ status: 403, body: { reason: 'not_a_member' } })
    expect(await typesIn(room)).not.toContain('message.edited')
  })

  test('an invite lets nobody into a room that was archived', async () => {
    const room = await makeRoom(at(0), ben)
    const made = await rest(at(0), ben).post(`/rooms/${room}/invites`, {})
    expect((await rest(at(1), cleo).get(`/invites/${made.body.code}`)).status).toBe(200)
    await rest(at(0), ben).patch(`/rooms/${room}`, { archived: true })
    expect((await rest(at(1), cleo).post(`/invites/${made.body.code}/accept`)).body).toMatchObject({
      reason: 'invite_invalid',
    })
  })

  test('however fast both are, nothing of a person follows their removal in the log', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, (_, n) => signUp(at(1), `talker${n}`)))
    const room = await makeRoom(at(0), ben, people, {})
    await Promise.all(people.map((person) => post(at(1), person, room, 'hello')))
    const others = [await logIn(at(0), 'ben')]
    const talks = [...people, ...others].map(async (person) => {
      for (let n = 0; n < 40; n++) {
        const { status } = await send(person, room, `${person.username} ${n}`)
        if (status === 403) return
      }
    })
    const removals = people.map(async (person, index) => {
      await Bun.sleep(index * 20)
      const { status } = await rest(at(0), ben).delete(`/rooms/${room}/members/${person.username}`)
      expect(status).toBe(204)
    })
    await Promise.all([...talks, ...removals])
    const sql = at(0).tools.sql
    const rows = await sql.query<{ seq: number; kind: number; actor: string; user: string | null }>(
      `select seq, log.kind, actor_id as actor, detail ->> 'user' as user from log join rooms on key = room_key
       where rooms.id = $1 order by seq`,
      [room],
    )
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
    for (const { id } of people) {
      const left = rows.find(({ kind, user }) => kind === 9 && user === id)!.seq
      const last = Math.max(
        ...rows.filter(({ actor, kind }) => actor === id && kind === 1).map(({ seq }) => seq),
      )
      expect(last).toBeLessThan(left)
    }
  })
})
