import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const author = ({ username }: Person) => ({ username, display_name: username })

  async function reactedTo() {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ada, [ben, cleo])
    const seq = await post(server, ada, room, 'Fish?')
    const react = (person: Person, emoji: string) =>
      rest(server, person).put(`/rooms/${room}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`)
    for (const person of [cleo, ada, ben]) await react(person, '👍')
    await react(ben, '❤️')
    return { server, room, seq, react }
  }

  describe.each(eachDoor)('over %s', (door) => {
    test('a member reads who reacted, by emoji, in the order in which they did', async () => {
      const { ada, ben, cleo } = at()
      const { server, room, seq } = await reactedTo()
      const bens = await clientOver(door, server, ben)
      const { data } = await bens.reactions(room, seq)
      expect(data).toEqual({
        items: [
          { emoji: '👍', count: 3, mine: true, users: [cleo, ada, ben].map(author) },
          { emoji: '❤️', count: 1, mine: true, users: [author(ben)] },
        ],
      } as never)
      await bens.unreact(room, seq, '👍')
      const [thumbs] = (await bens.reactions(room, seq)).data!.items
      expect(thumbs).toEqual({ emoji: '👍', count: 2, mine: false, users: [cleo, ada].map(author) })
      await bens.close()
    })

    test('a long list comes in pages of people, for one emoji in any spelling', async () => {
      const { ada, ben, cleo } = at()
      const { server, room, seq, react } = await reactedTo()
      await react(cleo, '❤️')
      const bens = await clientOver(door, server, ben)
      const first = (await bens.reactions(room, seq, { limit: 1 })).data!.items
      expect(first.map(({ users }: { users: object[] }) => users)).toEqual([[author(cleo)], [author(ben)]])
      const [hearts] = (await bens.reactions(room, seq, { emoji: '❤', after: first[1].next, limit: 1 })).data!
        .items
      expect(hearts).toEqual({ emoji: '❤️', count: 2, mine: true, users: [author(cleo)] })
      const [thumbs] = (await bens.reactions(room, seq, { emoji: '👍', after: first[0].next })).data!.items
      expect(thumbs.users).toEqual([ada, ben].map(author))
      await bens.close()
    })

    test('a message without reactions has none, and one that does not exist is not found', async () => {
      const { server, ada, ben, dan } = at()
      const { room, seq } = await reactedTo()
      const bens = await clientOver(door, server, ben)
      expect((await bens.reactions(room, seq, { emoji: '🐌' })).data).toEqual({ items: [] } as never)
      expect((await bens.reactions(room, 99)).reason).toBe('message_not_found')
      expect((await bens.reactions(room, seq, { limit: 101 })).code).toBe('invalid')
      await rest(server, ada).delete(`/rooms/${room}/messages/${seq}`)
      expect((await bens.reactions(room, seq)).data).toEqual({ items: [] } as never)
      const dans = await clientOver(door, server, dan)
      const elsewhere = [await dans.reactions(room, seq), await dans.reactions('nowhere', seq)]
      expect(elsewhere.map(({ code }) => code)).toEqual(['forbidden', 'not_found'])
      for (const client of [bens, dans]) await client.close()
    })
  })
})
