import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf, type TestSocket } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const numbers = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n)
  const seqs = (events: Record<string, unknown>[]) => events.map(({ seq }) => seq as number)

  async function fill(server: { url: string }, person: Person, room: string, count: number) {
    const socket = await socketOf(server, person)
    for (let n = 0; n < count; n++) socket.send({ type: 'message.send', room, content: `${n}` })
    await socket.until('all stored', () => socket.heard('reply').length === count)
    await socket.close()
  }

  const epochOf = async (server: { url: string }, person: Person, room: string): Promise<string> =>
    (await rest(server, person).get(`/rooms/${room}`)).body.epoch

  test('a client that was away gets every durable event since then once, and then live events', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const before = await socketOf(server, cleo)
    const { data } = await before.ask({ type: 'room.subscribe', room })
    expect(data).toEqual({ room, epoch: data.epoch, head: 2, mode: 'live' })
    await post(server, ben, room, 'heard')
    await before.next('message.created')
    await before.close()

    await post(server, ben, room, 'missed')
    await rest(server, ben).put(`/rooms/${room}/messages/4/reactions/👍`)
    const after = await socketOf(server, cleo)
    const resumed = await after.ask({ type: 'room.subscribe', room, since: { epoch: data.epoch, seq: 3 } })
    expect(resumed.data).toMatchObject({ mode: 'replay', head: 5, epoch: data.epoch })
    expect(resumed.data.more).toBeUndefined()
    expect(resumed.data.events.map(({ type, seq }: { type: string; seq: number }) => [type, seq])).toEqual([
      ['message.created', 4],
      ['reaction.added', 5],
    ])
    await post(server, ben, room, 'live again')
    await after.next('message.created')
    expect(seqs(after.events())).toEqual([6])
    await after.close()
  })

  test('a client that missed nothing gets an empty replay', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const socket = await socketOf(server, ben)
    const since = { epoch: await epochOf(server, ben, room), seq: 1 }
    expect((await socket.ask({ type: 'room.subscribe', room, since })).data).toMatchObject({
      mode: 'replay',
      head: 1,
      events: [],
    })
    await socket.close()
  })

  test('1,200 missed events come in pages of at most 500; live ones begin after the last page', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await fill(server, ben, room, 1200)
    const epoch = await epochOf(server, ben, room)
    const socket = await socketOf(server, cleo)
    const pages: number[][] = []
    let since = { epoch, seq: 2 }
    for (let more = true; more; ) {
      const { data } = await socket.ask({ type: 'room.subscribe', room, since })
      expect(data.mode).toBe('replay')
      pages.push(seqs(data.events))
      more = data.more === true
      since = { epoch, seq: pages.at(-1)!.at(-1)! }
      if (pages.length === 1) {
        await post(server, ben, room, 'said in between')
        expect((await socket.ask({ type: 'ping' })).type).toBe('reply')
        expect(socket.events()).toEqual([])
      }
    }
    expect(pages.map((page) => page.length)).toEqual([500, 500, 201])
    expect(pages.flat()).toEqual(numbers(3, 1203))
    await post(server, ben, room, 'live')
    await socket.next('message.created')
    expect(seqs(socket.events())).toEqual([1204])
    await socket.close()
  })

  test('a position of another epoch, or beyond the head, gets a fresh start', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    for (let n = 1; n <= 3; n++) await post(server, ben, room, `message ${n}`)
    const epoch = await epochOf(server, ben, room)
    const socket = await socketOf(server, ben)
    for (const since of [
      { epoch: 'another', seq: 2 },
      { epoch, seq: 99 },
      { epoch, seq: Number.MAX_SAFE_INTEGER },
    ]) {
      const { data } = await socket.ask({ type: 'room.subscribe', room, since })
      expect(data).toMatchObject({ mode: 'reset', head: 4, epoch })
      expect(data.messages.map(({ content }: { content: string }) => content)).toEqual([
        'message 1',
        'message 2',
        'message 3',
      ])
    }
    const { data } = await socket.ask({ type: 'room.subscribe', room, since: { epoch, seq: 99 }, history: 1 })
    expect(data.messages).toHaveLength(1)
    await socket.close()
  })

  test('a client that is more than 10,000 events behind gets a fresh start instead', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const epoch = await epochOf(server, ben, room)
    await fill(server, ben, room, 10_001)
    const socket = await socketOf(server, ben)
    const far = await socket.ask({ type: 'room.subscribe', room, since: { epoch, seq: 1 } })
    expect(far.data).toMatchObject({ mode: 'reset', head: 10_002 })
    expect(seqs(far.data.messages)).toEqual(numbers(9953, 10_002))
    await socket.ask({ type: 'room.unsubscribe', room })
    const near = await socket.ask({ type: 'room.subscribe', room, since: { epoch, seq: 2 } })
    expect(near.data).toMatchObject({ mode: 'replay', more: true })
    await socket.close()
  })

  test('subscribing with history brings the last messages, joined to what follows', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    for (let n = 1; n <= 5; n++) await post(server, ben, room, `message ${n}`)
    const socket = await socketOf(server, ben)
    const { data } = await socket.ask({ type: 'room.subscribe', room, history: 3 })
    expect(data).toMatchObject({ mode: 'live', head: 6 })
    expect(seqs(data.messages)).toEqual([4, 5, 6])
    await socket.close()
  })

  test('an unsubscribed room is silent; subscribed to again, nothing was lost', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const socket = await socketOf(server, cleo)
    const { data } = await socket.ask({ type: 'room.subscribe', room })
    await socket.ask({ type: 'room.unsubscribe', room })
    await post(server, ben, room, 'unheard')
    await socket.ask({ type: 'ping' })
    expect(socket.events()).toEqual([])
    const again = await socket.ask({
      type: 'room.subscribe',
      room,
      since: { epoch: data.epoch, seq: data.head },
    })
    expect(seqs(again.data.events)).toEqual([3])
    await socket.close()
  })

  test('asked for with the last messages again and again in a torrent, each page joins what follows it', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await fill(server, ben, room, 120)
    let flowing = true
    const torrents = [1, 2].map(async () => {
      const socket = await socketOf(server, ben)
      for (let sent = 1; flowing; sent++) {
        socket.send({ type: 'message.send', room, content: 'on and on' })
        await socket.until('its answer', () => socket.heard('reply').length >= sent)
      }
      await socket.close()
    })
    const socket = await socketOf(server, cleo)
    await socket.next('hello')
    for (let round = 0; round < 120; round++) {
      const before = socket.all.length
      const page = await socket.ask({ type: 'room.subscribe', room, history: 100 })
      const { head, messages } = page.data
      expect(seqs(messages)).toEqual(numbers(head - 99, head))
      const heard = () => seqs(socket.all.slice(before).filter(({ type }) => type === 'message.created'))
      await socket.until('live events', () => heard().length >= 3)
      await socket.ask({ type: 'room.unsubscribe', room })
      expect([round, heard()]).toEqual([round, numbers(head + 1, head + heard().length)])
    }
    for (let round = 0; round < 40; round++) {
      const simple = await socketOf(server, cleo, `/ws/${room}`)
      const { head } = await simple.next('room.ready')
      await simple.until('live events', () => simple.events().length >= 3)
      expect([round, seqs(simple.events())]).toEqual([
        round,
        numbers(head + 1, head + simple.events().length),
      ])
      await simple.close()
    }
    flowing = false
    await Promise.all([...torrents, socket.close()])
  })

  test('subscribing in the middle of a torrent joins replay and live without gap or double, every time', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const epoch = await epochOf(server, ben, room)
    await fill(server, ben, room, 700)
    let flowing = true
    const torrent = (async () => {
      const socket = await socketOf(server, ben)
      let sent = 0
      // About a thousand a second: 20 at a time, each lot awaited.
      for (; flowing; sent += 20) {
        for (let n = 0; n < 20; n++) socket.send({ type: 'message.send', room, content: `${sent + n}` })
        await socket.until('the lot', () => socket.heard('reply').length >= sent + 20)
        await Bun.sleep(5)
      }
      await socket.close()
    })()

    const headOf = async (): Promise<number> => (await rest(server, cleo).get(`/rooms/${room}`)).body.head

    /** Joins as a client does, and returns every seq it received, in that order. */
    async function joining(how: number): Promise<{ received: number[]; from: number }> {
      const socket: TestSocket =
        how % 4 === 3 ? await socketOf(server, cleo, `/ws/${room}`) : await socketOf(server, cleo)
      const received: number[] = []
      const enough = (head: number) =>
        socket.until('live events', () => (socket.events().at(-1)?.seq ?? 0) > head + 30)
      if (how % 4 === 3) {
        const ready = await socket.next('room.ready')
        received.push(...seqs(ready.messages))
        await enough(ready.head)
      } else {
        const from =
          how % 4 === 0
            ? undefined
            : {
                epoch,
                // Two pages or one. Not from the beginning: on a slow machine that is soon more than 10,000 events away.
                seq: (await headOf()) - (how % 4 === 1 ? 690 : 20),
              }
        for (let since = from, more = true; more; ) {
          const { data } = await socket.ask({
            type: 'room.subscribe',
            room,
            ...(since ? { since } : { history: 40 }),
          })
          expect(data.mode).toBe(since ? 'replay' : 'live')
          received.push(...seqs(data.events ?? data.messages))
          more = data.more === true
          since = { epoch, seq: received.at(-1)! }
          if (!more) await enough(data.head)
        }
      }
      received.push(...seqs(socket.events()))
      await socket.close()
      return { received, from: received[0]! }
    }

    for (let round = 0; round < 32; round++) {
      const { received, from } = await joining(round)
      expect([round, received]).toEqual([round, numbers(from, from + received.length - 1)])
    }
    flowing = false
    await torrent
  })
})
