import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { eachDoor, through } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, ear, outcome } from './ear.ts'

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const silence = (by: Person, room: string, username: string, until: string) =>
    outcome(rest(at().server, by).put(`/rooms/${room}/members/${username}/silence`, { until }))

  test.each(eachDoor)(
    'over %s, who is silenced reads and hears, and changes nothing, until the time',
    async (door) => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const seq = await post(server, cleo, room, 'Too much')
      const cleos = await through(door, server, cleo)
      const bens = await ear(server, ben, room)
      const hers = await ear(server, cleo, room)
      expect(await silence(ben, room, 'cleo', inAnHour())).toBe('ok')
      for (const wish of [
        () => cleos.send(room, { content: 'But' }),
        () => cleos.edit(room, seq, 'Changed'),
        () => cleos.remove(room, seq),
        () => cleos.react(room, seq, '👍'),
      ]) {
        expect((await wish()).code).toBe('forbidden')
      }
      expect((await cleos.list(room, {})).data!.items).toHaveLength(1)
      expect((await cleos.read(room, seq)).code).toBeUndefined()
      expect((await hers.ask({ type: 'typing.start', room })).code).toBe('forbidden')
      await post(server, ben, room, 'Quiet now')
      const heard = ['silence.changed cleo silent', 'receipt.changed cleo 3/3', 'message.created Quiet now']
      expect(await bens.told()).toEqual(heard)
      expect(await hers.told()).toEqual([heard[0]!, 'read.changed 3, 0 unread', ...heard.slice(1)])
      expect(await silence(ben, room, 'cleo', new Date(Date.now() + 300).toISOString())).toBe('ok')
      expect((await cleos.send(room, { content: 'Still not' })).code).toBe('forbidden')
      await waitFor('her voice', async () => (await cleos.send(room, { content: 'Sorry' })).data)
      await closeAll(bens, hers, cleos)
    },
  )

  test('the refusal says when the voice comes back', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await silence(ben, room, 'cleo', inAnHour())
    const { status, body } = await rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'x' })
    expect(status).toBe(403)
    expect(body.retry_after_ms).toBeWithin(3_500_000, 3_600_001)
    expect(await outcome(rest(server, ben).delete(`/rooms/${room}/members/cleo/silence`))).toBe('ok')
    expect(await outcome(rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'x' }))).toBe('ok')
  })

  test('it is told to moderators and to whom it is about, live and afterwards, and to nobody else', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const [bens, hers, dans] = [
      await ear(server, ben, room),
      await ear(server, cleo, room),
      await ear(server, dan, room),
    ]
    const until = inAnHour()
    const listedBy = async (person: Person) => {
      const { body } = await rest(server, person).get(`/rooms/${room}/members`)
      const member = body.items.find((each: { username: string }) => each.username === 'cleo')
      return member.silenced_until
    }
    expect(await silence(ben, room, 'cleo', until)).toBe('ok')
    expect(await Promise.all([ben, cleo, dan].map(listedBy))).toEqual([until, until, undefined])
    expect((await rest(server, cleo).get(`/rooms/${room}`)).body.silenced_until).toBe(until)
    expect(await outcome(rest(server, ben).delete(`/rooms/${room}/members/cleo/silence`))).toBe('ok')
    expect(await Promise.all([ben, cleo, dan].map(listedBy))).toEqual([undefined, undefined, undefined])
    const told = ['silence.changed cleo silent', 'silence.changed cleo free']
    expect(await bens.told()).toEqual(told)
    expect(await hers.told()).toEqual(told)
    expect(await dans.told()).toEqual([])
    await closeAll(bens, hers, dans)
  })

  test('moderators silence members, owners moderators too, nobody a room they do not moderate', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    await rest(server, ben).put(`/rooms/${room}/members/cleo`, { role: 'moderator' })
    const until = inAnHour()
    expect(await silence(dan, room, 'cleo', until)).toBe('forbidden')
    expect(await silence(cleo, room, 'ben', until)).toBe('forbidden')
    expect(await silence(cleo, room, 'dan', until)).toBe('ok')
    expect(await silence(ben, room, 'cleo', until)).toBe('ok')
    expect(await silence(ada, room, 'dan', until)).toBe('ok')
    expect(await silence(ben, room, 'ada', until)).toBe('not_found')
    expect(await silence(ben, room, 'dan', 'soon')).toBe('invalid')
  })
})
