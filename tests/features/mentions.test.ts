import { expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, meet } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** Says this as Ben, and checks that only the `meant` of these people get a mention; `last` is mentioned after that. */
  async function expectMentioned(
    content: string,
    room: string,
    people: Person[],
    meant: Person[],
    last: Person,
  ) {
    const { server, ben } = at()
    const listeners = await Promise.all([...people, last].map((person) => listener(server, person)))
    const bens = await clientOver('rest', server, ben)
    const { data } = await bens.send(room, { content })
    const of = (person: Person) => listeners[[...people, last].indexOf(person)]!
    for (const person of meant) await of(person).next('mention.created')
    await bens.send(room, { content: `@${last.username}` })
    await of(last).next('mention.created')
    for (const person of people) {
      const expected = meant.includes(person) ? [`mention.created ${data!.seq} by ben`] : []
      expect([person.username, await of(person).newEvents()]).toEqual([person.username, expected])
    }
    await closeAll(...listeners, bens)
  }

  test.each(eachDoor)(
    'over %s, a mention is sent to all sockets of the person, in any room',
    async (door) => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const client = await clientOver(door, server, ben)
      const [first, second, bens] = [
        await listener(server, cleo),
        await listener(server, cleo),
        await listener(server, ben, room),
      ]
      const { data } = await client.send(room, { content: 'Look, @Cleo, and @cleo again' })
      for (const each of [first, second]) {
        expect(await each.next('mention.created')).toEqual({
          type: 'mention.created',
          room,
          seq: data!.seq,
          actor: 'ben',
        })
        expect(await each.newEvents()).toEqual([`mention.created ${data!.seq} by ben`])
      }
      expect(await bens.newEvents()).toEqual(['message.created Look, @Cleo, and @cleo again'])
      await closeAll(first, second, bens, client)
    },
  )

  test('only members get a mention: not the author, and not a name inside another name or an address', async () => {
    const { server, ben, dan } = at()
    const [ann, bob, last] = (await meet(server, 'ann', 'bob', 'last')) as [Person, Person, Person]
    const room = await makeRoom(server, ben, [ann, bob, last])
    const say = (content: string, meant: Person[]) =>
      expectMentioned(content, room, [ann, bob, dan, ben], meant, last)
    await say(`@dan @ben @${ann.username}.`, [ann])
    await say(`mail@${ann.username} @@${ann.username} x@${bob.username}`, [])
    await say(`(@${ann.username}) "@${bob.username}"`, [ann, bob])
  })

  /** Seen before: the server looked for names by a pattern of its own, and sent mentions to people named in code and addresses. */
  test('a mention is where the page shows one: not in code, in an address, or behind a backslash', async () => {
    const { server, ben } = at()
    const [ann, bob, last] = (await meet(server, 'ann', 'bob', 'last')) as [Person, Person, Person]
    const room = await makeRoom(server, ben, [ann, bob, last])
    const say = (content: string, meant: Person[]) => expectMentioned(content, room, [ann, bob], meant, last)
    const [a, b] = [ann.username, bob.username]
    await say(
      `\`npm i @${a}/tides\` \\@${a} @${a}@social.example почта@${a} https://a.example/@${a}?q=@${b}`,
      [],
    )
    await say(`\`\`\`\n@${a}\n\`\`\`\n[tides](https://a.example/@${a}) <https://a.example/@${b}> x@${b}`, [])
    await say(`> @${a}\n\n- **@${b}**`, [ann, bob])
    await say(`你好@${a}，＠${b}。`, [ann, bob])
    await say(`@${a}... @${b}-`, [ann, bob])
  })

  test('twenty people are mentioned at most, as the page shows it', async () => {
    const { server, ben } = at()
    const [ann, bob, last] = (await meet(server, 'ann', 'bob', 'last')) as [Person, Person, Person]
    const room = await makeRoom(server, ben, [ann, bob, last])
    const crowd = Array.from({ length: 19 }, (_, n) => `@nobody${n}`).join(' ')
    await expectMentioned(
      `${crowd} @${ann.username} @nobody1 @${bob.username}`,
      room,
      [ann, bob],
      [ann],
      last,
    )
  })

  /** cocalc#7956: the name that an edit adds called nobody, and then each further edit would call again. */
  test.each(eachDoor)('over %s, an edit mentions those whom no earlier version has, once', async (door) => {
    const { server, ben } = at()
    const [ann, bob, last] = (await meet(server, 'ann', 'bob', 'last')) as [Person, Person, Person]
    const room = await makeRoom(server, ben, [ann, bob, last])
    const listeners = await Promise.all([ann, bob, last].map((person) => listener(server, person)))
    const bens = await clientOver(door, server, ben)
    const { data } = await bens.send(room, { content: `Tides at four, @${ann.username}` })
    const seq = data!.seq as number
    for (const content of [
      `Tides at five, @${ann.username} \`@${bob.username}\``,
      `Tides at five, @${ann.username} and @${bob.username}`,
      'Tides at five',
    ])
      await bens.edit(room, seq, content)
    // Before the next edit: who is meant again by then keeps the mention.
    for (const each of listeners.slice(0, 2)) await each.next('mention.deleted')
    await bens.edit(room, seq, `Tides at six, @${ann.username} @${bob.username} @${last.username}`)
    await listeners[2]!.next('mention.created')
    const created = `mention.created ${seq} by ben`
    const heard = await Promise.all(listeners.map((each) => each.newEvents()))
    expect(heard).toEqual([[created, 'mention.deleted'], [created, 'mention.deleted'], [created]])
    await closeAll(...listeners, bens)
  })

  test('no mention for people who muted the room or blocked the author', async () => {
    const { server, ben } = at()
    const people = (await meet(server, 'all', 'mentions', 'nothing', 'blocker', 'last')) as Person[]
    const room = await makeRoom(server, ben, people)
    for (const [n, level] of ['all', 'mentions', 'nothing'].entries()) {
      await rest(server, people[n]!).put(`/rooms/${room}/notifications`, { level })
      expect((await rest(server, people[n]!).get(`/rooms/${room}`)).body.notify).toBe(level)
    }
    await rest(server, people[3]!).put('/users/me/blocks/ben')
    const content = people
      .map(({ username }) => `@${username}`)
      .join(' ')
      .replace(/ @last\S+/, '')
    await expectMentioned(content, room, people.slice(0, 4), people.slice(0, 2), people[4]!)
    const loud = await rest(server, ben).put(`/rooms/${room}/notifications`, { level: 'loud' })
    expect(loud.status).toBe(422)
  })

  /** Seen when this was written: the membership outlives the office, and a mention showed what administrators wrote. */
  test('a former administrator gets no mention from a room for administrators', async () => {
    const { server, ada } = at()
    const [eve, fay] = (await meet(server, 'eve', 'fay')) as [Person, Person]
    for (const { username } of [eve, fay]) await rest(server, ada).put(`/users/${username}/roles/admin`)
    const room = await makeRoom(server, ada, [eve, fay], { access: 'admins' })
    await rest(server, ada).delete(`/users/${eve.username}/roles/admin`)
    const [eves, fays] = [await listener(server, eve), await listener(server, fay)]
    const posted = await rest(server, ada).post(`/rooms/${room}/messages`, {
      content: `@${eve.username} @${fay.username}`,
    })
    expect(await fays.next('mention.created')).toMatchObject({ seq: posted.body.seq })
    expect(await eves.newEvents()).toEqual([])
    await rest(server, ada).delete(`/rooms/${room}`)
    expect(await fays.newEvents()).toEqual([
      `mention.created ${posted.body.seq} by ada`,
      `room.closed ${room} deleted`,
    ])
    expect(await eves.newEvents()).toEqual([])
    await closeAll(eves, fays)
  })
})
