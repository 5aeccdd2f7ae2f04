import { describe, expect, test } from 'bun:test'
import { acquaint, cast, makeRoom } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, logOf, meet, membersOf } from './listener.ts'

const rounds = 12

/** Who is in a room according to its log: what a client would believe who has heard everything. */
function inside(log: string[]): string[] {
  const there = new Set<string>()
  for (const [what, who] of log.map((each) => each.split(' ') as [string, string])) {
    if (what === 'member.joined') there.add(who)
    if (what === 'member.left') there.delete(who)
  }
  return [...there].sort()
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** Both commands at once, in both orders, again and again; `after` looks at each outcome. */
  async function race(
    one: (room: string) => Promise<{ status: number }>,
    other: (room: string) => Promise<{ status: number }>,
    prepare: () => Promise<string>,
    after: (room: string, statuses: [number, number]) => Promise<void>,
  ) {
    for (let round = 0; round < rounds; round++) {
      const room = await prepare()
      const [first, second] = round % 2 ? [one, other] : [other, one]
      const [early, late] = await Promise.all([first(room), second(room)])
      const [{ status: ones }, { status: others }] = round % 2 ? [early, late] : [late, early]
      expect(Math.max(ones, others)).toBeLessThan(500)
      await after(room, [ones, others])
    }
  }

  test('when two people add the same person at once, one of them does it, and one event is sent', async () => {
    const { server, ada, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    await acquaint(server, ben, ann)
    const anns = await listener(server, ann)
    const add = (by: Person) => (room: string) =>
      rest(server, by).put(`/rooms/${room}/members/${ann.username}`, {})
    const prepare = () => makeRoom(server, ben)
    await race(add(ada), add(ben), prepare, async (room, statuses) => {
      expect(statuses).toEqual([204, 204])
      expect(await logOf(server, ben, room)).toEqual([
        'member.joined ben owner',
        `member.joined ${ann.username} member`,
      ])
      expect(await anns.newEvents()).toEqual([`room.opened ${room}`])
    })
    await anns.close()
  })

  test('adding against removing: members and log agree, whichever was first', async () => {
    const { server, ada, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const path = (room: string) => `/rooms/${room}/members/${ann.username}`
    await race(
      (room) => rest(server, ada).put(path(room), {}),
      (room) => rest(server, ben).delete(path(room)),
      () => makeRoom(server, ben, [ann]),
      async (room, [added, removed]) => {
        expect([added, removed]).toEqual([204, 204])
        expect(await membersOf(server, ben, room)).toEqual(inside(await logOf(server, ben, room)))
      },
    )
  })

  test('joining against leaving on two devices: members and log agree', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    await race(
      (room) => rest(server, ann).put(`/rooms/${room}/members/me`, {}),
      (room) => rest(server, ann).delete(`/rooms/${room}/members/me`),
      () => makeRoom(server, ben, [ann]),
      async (room) =>
        expect(await membersOf(server, ben, room)).toEqual(inside(await logOf(server, ben, room))),
    )
  })

  test('when two owners leave at once, one of them stays', async () => {
    const { server, ben, cleo, dan } = at()
    const prepare = async () => {
      const room = await makeRoom(server, ben, [cleo, dan])
      await rest(server, ben).put(`/rooms/${room}/members/cleo`, { role: 'owner' })
      return room
    }
    const leave = (person: Person) => (room: string) =>
      rest(server, person).delete(`/rooms/${room}/members/me`)
    await race(leave(ben), leave(cleo), prepare, async (room, statuses) => {
      expect(statuses.toSorted()).toEqual([204, 409])
      const { body } = await rest(server, dan).get(`/rooms/${room}/members`)
      const owners = body.items.filter(({ role }: { role: string }) => role === 'owner')
      expect(owners).toHaveLength(1)
    })
  })

  describe('a room that is deleted', () => {
    test('against a send: the message is stored and acknowledged, or refused; nothing is left of the room', async () => {
      const { server, ben, cleo } = at()
      await race(
        (room) => rest(server, ben).delete(`/rooms/${room}`),
        (room) => rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'In time?' }),
        () => makeRoom(server, ben, [cleo]),
        async (room, [deleted, sent]) => {
          expect([deleted, [201, 404].includes(sent)]).toEqual([204, true])
          expect((await rest(server, cleo).get(`/rooms/${room}/messages`)).status).toBe(404)
        },
      )
    })

    test('against a hundred pipelined sends: each gets a reply, and the acknowledged ones have a sequence without a hole', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const [hers, bens] = [await socketOf(server, cleo), await listener(server, ben, room)]
      const sends = Array.from({ length: 100 }, (_, n) =>
        hers.ask({ type: 'message.send', room, content: `${n}` }),
      )
      await bens.next('message.created')
      const deleted = rest(server, ben).delete(`/rooms/${room}`)
      const answers = await Promise.all(sends)
      expect((await deleted).status).toBe(204)
      const acked = answers.filter(({ type }) => type === 'reply').map(({ data }) => data.seq)
      expect(acked).toEqual(acked.map((_, n) => n + 3))
      for (const { type, code } of answers) if (type === 'error') expect(code).toBe('not_found')
      expect((await bens.newEvents()).at(-1)).toBe(`room.closed ${room} deleted`)
      await closeAll(hers, bens)
    })

    test('against joining, adding, accepting an invite and changing it: done before, or not found', async () => {
      const { server, ada, ben, dan } = at()
      let code = ''
      const prepare = async () => {
        const room = await makeRoom(server, ben)
        code = (await rest(server, ben).post(`/rooms/${room}/invites`, {})).body.code
        return room
      }
      for (const command of [
        (room: string) => rest(server, dan).put(`/rooms/${room}/members/me`, {}),
        (room: string) => rest(server, ada).put(`/rooms/${room}/members/dan`, {}),
        () => rest(server, dan).post(`/invites/${code}/accept`),
        (room: string) => rest(server, ada).patch(`/rooms/${room}`, { title: 'Late' }),
        (room: string) => rest(server, ada).delete(`/rooms/${room}`),
      ]) {
        await race(
          (room) => rest(server, ben).delete(`/rooms/${room}`),
          command,
          prepare,
          async (room, [first, second]) => {
            expect(Math.min(first, second)).toBeLessThan(300)
            for (const status of [first, second]) expect([200, 204, 404]).toContain(status)
            for (const person of [ada, ben, dan]) {
              for (const path of ['', '/members', '/messages', '/log']) {
                expect([path, (await rest(server, person).get(`/rooms/${room}${path}`)).status]).toEqual([
                  path,
                  404,
                ])
              }
            }
            expect((await rest(server, dan).post('/rooms', { id: room })).status).toBe(201)
          },
        )
      }
    })
  })

  test('after the event that removes or demotes a member, the log has no act of theirs that needed the right', async () => {
    const { server, ben } = at()
    for (let round = 0; round < 6; round++) {
      const [ann] = (await meet(server, 'ann')) as [Person]
      const room = await makeRoom(server, ben, [ann])
      await rest(server, ben).put(`/rooms/${room}/members/${ann.username}`, { role: 'moderator' })
      const [anns, bens] = [await socketOf(server, ann), await listener(server, ben, room)]
      const { seq } = (await anns.ask({ type: 'message.send', room, content: 'Mine' })).data
      const acts = [
        { type: 'reaction.add', emoji: '👍' },
        { type: 'pin.add' },
        { type: 'reaction.remove', emoji: '👍' },
        { type: 'pin.remove' },
        { type: 'message.edit', content: 'Mine!' },
      ]
      let sent = 0
      let going = true
      const busy = (async () => {
        for (; going; await Bun.sleep(1)) anns.send({ ...acts[sent % acts.length], ref: ++sent, room, seq })
      })()
      await bens.next('message.edited')
      const member = `/rooms/${room}/members/${ann.username}`
      if (round % 2) await rest(server, ben).delete(member)
      else await rest(server, ben).put(member, { role: 'member' })
      going = false
      await busy
      await anns.until('an answer to the last', () => anns.all.some(({ ref }) => ref === sent))
      const log = await logOf(server, ben, room)
      const turn = log.lastIndexOf(
        `member.${round % 2 ? 'left' : 'updated'} ${ann.username} ${round % 2 ? 'moderator' : 'member'}`,
      )
      expect(turn).toBeGreaterThan(0)
      const after = log.slice(turn + 1)
      expect(round % 2 ? after : after.filter((each) => each.startsWith('pin.'))).toEqual([])
      await closeAll(anns, bens)
    }
  })

  test('after the event that removes a member, the log has no message of theirs', async () => {
    const { server, ben } = at()
    for (let round = 0; round < 4; round++) {
      const [ann] = (await meet(server, 'ann')) as [Person]
      const room = await makeRoom(server, ben, [ann])
      const [anns, bens] = [await socketOf(server, ann), await listener(server, ben, room)]
      let sent = 0
      let going = true
      const chatter = (async () => {
        for (; going; await Bun.sleep(1))
          anns.send({ type: 'message.send', ref: ++sent, room, content: 'And' })
      })()
      await bens.next('message.created')
      expect((await rest(server, ben).delete(`/rooms/${room}/members/${ann.username}`)).status).toBe(204)
      going = false
      await chatter
      await anns.until('an answer to the last', () => anns.all.some(({ ref }) => ref === sent))
      const log = await logOf(server, ben, room)
      expect(log.at(-1)).toBe(`member.left ${ann.username} member`)
      const stored = log.filter((each) => each.startsWith('message.created')).length
      expect(anns.heard('reply').filter(({ data }) => data.seq)).toHaveLength(stored)
      for (const { code } of anns.heard('error')) expect(code).toBe('forbidden')
      await closeAll(anns, bens)
    }
  })

  // Each of them began a reading of the membership that made those of all others worthless; with Postgres, where
  // readings overlap, nobody came through in twenty tries and everybody got "the database is away".
  test('a hundred parallel requests for a room that is not cached all succeed', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const room = await makeRoom(server, ben, [ann])
    const sends = Array.from({ length: 100 }, (_, n) =>
      rest(server, ann).post(`/rooms/${room}/messages`, { content: `${n}` }),
    )
    expect(new Set((await Promise.all(sends)).map(({ status }) => status))).toEqual(new Set([201]))
  })
})
