import { describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const nobodys = 'e0a1c7d2-5a0b-4c7e-9a55-0d6c2f1b7c11'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const names = ({ sections }: { sections: { name: string }[] }) => sections.map(({ name }) => name)

  async function helloOf(person: Person) {
    const socket = await socketOf(at().server, person)
    const hello = await socket.next('hello')
    await socket.close()
    return hello
  }
  /** The section of the room, as GET /rooms/:room, GET /rooms and hello say it. */
  async function sectionOf(person: Person, id: string) {
    const api = rest(at().server, person)
    const one = (await api.get(`/rooms/${id}`)).body
    const list = (await api.get('/rooms')).body.items
    const { rooms } = await helloOf(person)
    const inList = (all: { id: string; section?: string }[]) => all.find((room) => room.id === id)!
    return new Set([one, inList(list), inList(rooms)].map(({ section }) => section))
  }

  describe.each(eachDoor)('over %s', (door) => {
    test('a person arranges their list, and each device has it, and nobody else', async () => {
      const { server, ben, dan } = at()
      const bens = await clientOver(door, server, ben)
      const devices = [await socketOf(server, ben), await socketOf(server, ben)]
      const dans = await socketOf(server, dan)
      const { data } = await bens.arrange({
        order: 'activity',
        sections: [{ name: ' Work ' }, { name: 'Höme' }],
      })
      expect([data!.order, names(data as never)]).toEqual(['activity', ['Work', 'Höme']])
      for (const device of devices) {
        expect(await device.next('arrangement.changed')).toEqual({ type: 'arrangement.changed', ...data })
        await device.close()
      }
      const stored = () => rest(server, ben).get('/users/me/arrangement')
      expect((await stored()).body).toEqual(data)
      expect((await helloOf(ben)).arrangement).toEqual(data)

      // Renamed, in another order, with a new one; the order of rooms stays as it was.
      const [work, home] = data!.sections
      const next = await bens.arrange({ sections: [{ name: 'New' }, home, { ...work, name: 'Office' }] })
      expect(next.data!.sections.slice(1)).toEqual([home, { ...work, name: 'Office' }])
      expect([next.data!.order, next.data!.sections[0].name]).toEqual(['activity', 'New'])
      expect((await stored()).body).toEqual(next.data)

      await dans.ask({ type: 'ping' })
      expect(dans.heard('arrangement.changed')).toEqual([])
      expect((await rest(server, dan).get('/users/me/arrangement')).body).toEqual({
        order: 'title',
        sections: [],
      })
      expect((await helloOf(dan)).arrangement).toBeUndefined()
      for (const each of [dans, bens]) await each.close()
    })

    test('a room is moved into a section, out of it, and out with the end of the section', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const bens = await clientOver(door, server, ben)
      const device = await socketOf(server, ben)
      const { sections } = (await bens.arrange({ sections: [{ name: 'Work' }, { name: 'Home' }] })).data!
      const [work, home] = sections
      for (const section of [work.id, null, home.id]) {
        expect((await bens.setSection(room, { section })).code).toBeUndefined()
        expect(await sectionOf(ben, room)).toEqual(new Set([section ?? undefined]))
        expect(await device.next('section.changed')).toEqual({
          ...{ type: 'section.changed', room },
          ...(section ? { section } : {}),
        })
      }
      expect(await sectionOf(cleo, room)).toEqual(new Set([undefined]))
      await bens.arrange({ sections: [work] })
      expect(await sectionOf(ben, room)).toEqual(new Set([undefined]))
      for (const each of [device, bens]) await each.close()
    })

    test('a room that is moved into a section while it is deleted is in none', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const [mover, deleter] = [await clientOver(door, server, ben), await clientOver(door, server, ben)]
      for (let round = 0; round < 20; round++) {
        const { sections } = (await mover.arrange({ sections: [{ name: 'Work' }] })).data!
        await Promise.all([
          mover.setSection(room, { section: sections[0].id }),
          deleter.arrange({ sections: [] }),
        ])
        expect((await rest(server, ben).get(`/rooms/${room}`)).body.section).toBeUndefined()
      }
      for (const each of [mover, deleter]) await each.close()
    })

    test('the section of a room ends with the membership', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const cleos = await clientOver(door, server, cleo)
      const { sections } = (await cleos.arrange({ sections: [{ name: 'Work' }] })).data!
      await cleos.setSection(room, { section: sections[0].id })
      await cleos.leave(room)
      await cleos.join(room)
      expect(await sectionOf(cleo, room)).toEqual(new Set([undefined]))
      await cleos.close()
    })

    test.each([
      ['another order', { order: 'unread' }, '/order', 'not_one_of'],
      [
        'too many',
        { sections: Array.from({ length: 21 }, () => ({ name: 'x' })) },
        '/sections',
        'too_many_items',
      ],
      ['a name too long', { sections: [{ name: 'x'.repeat(41) }] }, '/sections/0/name', 'too_long'],
      ['a blank name', { sections: [{ name: ' ' }] }, '/sections/0/name', 'empty'],
      [
        'one that is not there',
        { sections: [{ id: nobodys, name: 'x' }] },
        '/sections/0/id',
        'section_not_found',
      ],
    ])('%s: refused, and what was stays', async (_, change, path, reason) => {
      const { server, ben, dan } = at()
      const bens = await clientOver(door, server, ben)
      const before = (await bens.arrange({ sections: [{ name: 'Work' }] })).data!
      const refused = await bens.arrange(change)
      expect(refused.code).toBe('invalid')
      expect(refused.errors).toContainEqual(expect.objectContaining({ path, reason }))
      // The same section twice.
      const [work] = before.sections
      expect((await bens.arrange({ sections: [work, work] })).code).toBe('invalid')
      expect((await rest(server, ben).get('/users/me/arrangement')).body).toEqual(before)
      // A section of somebody else.
      const room = await makeRoom(server, ben, [dan])
      const dans = await clientOver(door, server, dan)
      const foreign = await dans.setSection(room, { section: work.id })
      expect(foreign.errors).toEqual([
        expect.objectContaining({ path: '/section', reason: 'section_not_found' }),
      ])
      for (const each of [bens, dans]) await each.close()
    })
  })

  test('the names are sealed in the database, and the export of the person has them', async () => {
    const { server, dan } = at()
    await rest(server, dan).patch('/users/me/arrangement', { sections: [{ name: 'Secret plans' }] })
    const rows = await server.tools.sql.query<{ row: unknown }>(
      "select to_jsonb(arrangements) as row from arrangements union all select to_jsonb(settings) from settings where name = 'section_key'",
    )
    const text = JSON.stringify(rows)
    expect(text).toContain('section_key')
    expect(text).not.toContain('Secret plans')
  })
})
