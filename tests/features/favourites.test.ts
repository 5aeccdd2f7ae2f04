import { describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** What GET /rooms/:room, GET /rooms and hello say of the room. */
  async function shown(person: Person, id: string) {
    const { server } = at()
    const one = (await rest(server, person).get(`/rooms/${id}`)).body
    const list = (await rest(server, person).get('/rooms')).body.items
    const socket = await socketOf(server, person)
    const { rooms } = await socket.next('hello')
    await socket.close()
    const inList = (rooms: { id: string; favourite?: boolean }[]) => rooms.find((room) => room.id === id)!
    return [one, inList(list), inList(rooms)].map((room) => ('favourite' in room ? room.favourite : 'absent'))
  }

  describe.each(eachDoor)('over %s', (door) => {
    test('a member marks a room as a favourite for themselves only, and ends that', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const bens = await clientOver(door, server, ben)
      expect(await shown(ben, room)).toEqual(['absent', 'absent', 'absent'])
      expect((await bens.setFavourite(room, { favourite: true })).code).toBeUndefined()
      expect(await shown(ben, room)).toEqual([true, true, true])
      expect(await shown(cleo, room)).toEqual(['absent', 'absent', 'absent'])
      expect((await bens.setFavourite(room, { favourite: false })).code).toBeUndefined()
      expect(await shown(ben, room)).toEqual(['absent', 'absent', 'absent'])
      await bens.close()
    })

    test('all sockets of the person hear of a favourite, nobody else does, and it is not in the log', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const [phone, desk] = [await socketOf(server, ben), await socketOf(server, ben)]
      const cleos = await socketOf(server, cleo)
      for (const socket of [phone, desk, cleos]) await socket.ask({ type: 'room.subscribe', room })
      const { head } = (await rest(server, ben).get(`/rooms/${room}`)).body
      const bens = await clientOver(door, server, ben)
      for (const favourite of [true, false]) await bens.setFavourite(room, { favourite })
      for (const socket of [phone, desk]) {
        for (const favourite of [true, false])
          expect(await socket.next('favourite.changed')).toEqual({
            type: 'favourite.changed',
            room,
            favourite,
          })
      }
      await cleos.ask({ type: 'ping' })
      expect(cleos.heard('favourite.changed')).toEqual([])
      expect((await rest(server, ben).get(`/rooms/${room}`)).body.head).toBe(head)
      for (const each of [phone, desk, cleos, bens]) await each.close()
    })

    test('a favourite ends with the membership', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const cleos = await clientOver(door, server, cleo)
      await cleos.setFavourite(room, { favourite: true })
      await cleos.leave(room)
      await cleos.join(room)
      expect(await shown(cleo, room)).toEqual(['absent', 'absent', 'absent'])
      await cleos.close()
    })

    test('other fields and values are refused, and so is a person who is not a member', async () => {
      const { server, ben, dan } = at()
      const room = await makeRoom(server, ben, [])
      const bens = await clientOver(door, server, ben)
      for (const wrong of [{}, { favourite: 'yes' }, { favourite: null }, { favourite: true, level: 'all' }])
        expect([wrong, (await bens.setFavourite(room, wrong)).code]).toEqual([wrong, 'invalid'])
      expect(await shown(ben, room)).toEqual(['absent', 'absent', 'absent'])
      const dans = await clientOver(door, server, dan)
      expect((await dans.setFavourite(room, { favourite: true })).reason).toBe('not_a_member')
      for (const each of [bens, dans]) await each.close()
    })
  })

  test('two devices that differ end with what is stored', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben, [])
    const devices = await Promise.all([0, 1].map(() => socketOf(server, ben)))
    const asked = Array.from({ length: 20 }, (_, n) =>
      devices[n % 2]!.ask({ type: 'favourite.set', room, favourite: n % 2 === 0 }),
    )
    await Promise.all(asked)
    for (const device of devices) {
      for (let n = 0; n < 20; n++) await device.next('favourite.changed')
      const last = device.heard('favourite.changed').at(-1)!.favourite
      expect((await shown(ben, room))[0]).toBe(last || 'absent')
      await device.close()
    }
  })
})
