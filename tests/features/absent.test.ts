import { describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { meet } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const people = async (...names: string[]) => (await meet(at().server, ...names)) as [Person, Person, Person]

  describe.each(eachDoor)('over %s', (door) => {
    /** Whom the reply says that the message did not reach. */
    async function absentOf(author: Person, room: string, message: object) {
      const client = await clientOver(door, at().server, author)
      const { data } = await client.send(room, message)
      await client.close()
      return data!.absent?.map(({ username }: { username: string }) => username)
    }

    test('a message names people who are not in the room, and its author learns of it', async () => {
      const { server } = at()
      const [ann, ben, cleo] = await people('ann', 'ben', 'cleo')
      const room = await makeRoom(server, ann, [cleo])
      const client = await clientOver(door, server, ann)
      const { data } = await client.send(room, {
        content: `@${ben.username}, @${cleo.username}, @${ann.username}, @nobody-at-all and \`@admin\``,
      })
      expect(data!.absent).toEqual([{ username: ben.username, display_name: ben.username }])
      // A member without the right to add them learns the same.
      expect(await absentOf(cleo, room, { content: `@${ben.username}` })).toEqual([ben.username])
      expect(await absentOf(ann, room, { content: `@${cleo.username}` })).toBeUndefined()
      await rest(server, ann).put(`/rooms/${room}/members/${ben.username}`)
      await rest(server, ben).post(`/users/me/invitations/${room}/accept`)
      expect(await absentOf(ann, room, { content: `@${ben.username}` })).toBeUndefined()
      await client.close()
    })

    test('sent again, the message says nothing of it', async () => {
      const { server } = at()
      const [ann, ben] = await people('ann', 'ben')
      const room = await makeRoom(server, ann)
      const message = { content: `@${ben.username}`, client_id: 'again' }
      expect(await absentOf(ann, room, message)).toEqual([ben.username])
      expect(await absentOf(ann, room, message)).toBeUndefined()
    })

    test('at most ten are named, in their order', async () => {
      const { server } = at()
      const [ann] = await people('ann')
      const others = await meet(server, ...Array.from({ length: 12 }, (_, n) => `p${9 - (n % 10)}${n}`))
      const room = await makeRoom(server, ann)
      const names = others.map(({ username }) => username)
      expect(await absentOf(ann, room, { content: names.map((name) => `@${name}`).join(' ') })).toEqual(
        names.slice(0, 10),
      )
    })

    test('nobody is named who is banned, erased, a bot or blocked by the author', async () => {
      const { server, ada } = at()
      const [ann, ben, cleo] = await people('ann', 'ben', 'cleo')
      const [dan] = await people('dan')
      const room = await makeRoom(server, ann)
      const bot = (
        await rest(server, ada).post('/bots', { username: `bot-${ann.username}`, display_name: 'B' })
      ).body
      await rest(server, ada).put(`/users/${ben.username}/ban`, {})
      await rest(server, cleo).call('DELETE', '/users/me', {})
      await rest(server, ann).put(`/users/me/blocks/${dan.username}`)
      const gone = [ben.username, cleo.username, dan.username, bot.username ?? bot.user?.username]
      expect(await absentOf(ann, room, { content: gone.map((name) => `@${name}`).join(' ') })).toBeUndefined()
      await rest(server, ann).delete(`/users/me/blocks/${dan.username}`)
      expect(await absentOf(ann, room, { content: `@${dan.username}` })).toEqual([dan.username])
      // Otherwise he would find out who has blocked him.
      await rest(server, dan).put(`/users/me/blocks/${ann.username}`)
      expect(await absentOf(ann, room, { content: `@${dan.username}` })).toEqual([dan.username])
    })
  })

  test('an API token that may not read learns nothing of people', async () => {
    const { server } = at()
    const [ann, ben] = await people('ann', 'ben')
    const room = await makeRoom(server, ann)
    const send = async (scopes: string[]) => {
      const { body: token } = await rest(server, ann).post('/tokens', { name: scopes.join(), scopes })
      const { status, body } = await rest(server, { token: token.token }).post(`/rooms/${room}/messages`, {
        content: `@${ben.username}`,
      })
      expect(status).toBe(201)
      return body.absent?.length
    }
    expect([await send(['write']), await send(['read', 'write'])]).toEqual([undefined, 1])
  })

  test('in a room for administrators, only they could be absent', async () => {
    const { server, ada } = at()
    const [ben, eve] = await people('ben', 'eve')
    await rest(server, ada).put(`/users/${eve.username}/roles/admin`)
    const room = await makeRoom(server, ada, [], { access: 'admins' })
    const { body } = await rest(server, ada).post(`/rooms/${room}/messages`, {
      content: `@${ben.username} @${eve.username}`,
    })
    expect(body.absent).toEqual([{ username: eve.username, display_name: eve.username }])
  })
})
