import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('the pinned messages of a room are listed, as they stand now, in pages from the newest back', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const seqs: number[] = []
    for (const text of ['One', 'Two', 'Three', 'Four', 'Five']) seqs.push(await post(server, ben, room, text))
    const bens = rest(server, ben)
    const cleos = rest(server, cleo)
    const list = async (query = '') => (await cleos.get(`/rooms/${room}/pins${query}`)).body
    expect(await list()).toEqual({ items: [] })

    const [one, two, three, four] = seqs as [number, number, number, number]
    for (const seq of [three, one, four, two])
      expect((await bens.call('PUT', `/rooms/${room}/pins/${seq}`)).status).toBe(204)
    await bens.call('DELETE', `/rooms/${room}/pins/${four}`)
    await bens.call('PATCH', `/rooms/${room}/messages/${two}`, { content: 'Two, edited' })
    await cleos.call('PUT', `/rooms/${room}/messages/${two}/reactions/${encodeURIComponent('👍')}`)

    const first = await list('?limit=2')
    expect(first.items).toMatchObject([
      { seq: two, content: 'Two, edited', pinned: true, reactions: [{ emoji: '👍', count: 1, mine: true }] },
      { seq: three, content: 'Three', pinned: true },
    ])
    expect(first.next).toBe(two)
    const last = await list(`?limit=2&before=${first.next}`)
    expect(last.items.map(({ seq }: { seq: number }) => seq)).toEqual([one])
    expect(last.next).toBeUndefined()

    await bens.call('DELETE', `/rooms/${room}/messages/${three}`)
    expect((await list()).items.map(({ seq }: { seq: number }) => seq)).toEqual([one, two])
  })

  test('only readers of a room see its pins, and invalid requests are refused', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    const pins = (person: typeof dan, query = '') => rest(server, person).get(`/rooms/${room}/pins${query}`)
    expect((await pins(dan)).status).toBe(403)
    for (const query of ['?limit=0', '?limit=101', '?before=-1', '?before=x', '?after=1'])
      expect((await pins(cleo, query)).status).toBe(422)
  })
})
