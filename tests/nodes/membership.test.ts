import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { acquaint, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { type Carry, linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { statementsOf } from '../support/statements.ts'

describe.skipIf(!(await postgresForTests()))('a socket on another node', () => {
  const linked = linkedBuses(2)
  let nodes: Nodes
  let ben: Person
  let cleo: Person
  const at = (index: number) => nodes.servers[index]!

  beforeAll(async () => {
    nodes = await startNodes(linked.buses)
    ben = await signUp(at(0), 'ben')
    cleo = await signUp(at(0), 'cleo')
    await acquaint(at(0), ben, cleo)
    // At once: the check after one test would otherwise come in the middle of the next, and say what that has lost.
    for (const { tools } of nodes.servers) tools.policy.distrustEveryMs = 0
  })
  afterEach(() => {
    delete linked.link.carry
    linked.mend()
  })
  afterAll(async () => nodes?.stop())

  async function listening(members = [cleo]) {
    const room = await makeRoom(at(0), ben, members)
    const cleos = await socketOf(at(1), cleo)
    const bens = await socketOf(at(1), ben)
    for (const socket of [cleos, bens]) await socket.ask({ type: 'room.subscribe', room })
    return { room, cleos, bens }
  }

  async function remove(room: string) {
    const { status, body } = await rest(at(0), ben).delete(`/rooms/${room}/members/cleo`)
    if (status !== 204) throw new Error(`Cleo was not removed: ${status} ${JSON.stringify(body)}`)
  }

  /**
   * A socket that lost its room unheard comes back. On a machine that took longer than a second until its person was in the room again, its
   * node has said `room.closed` by then, and `room.opened` after it: then it stays.
   */
  async function afterwards(socket: Awaited<ReturnType<typeof socketOf>>) {
    const hasHeardBoth = () =>
      socket.heard('room.closed').length > 0 && socket.heard('room.opened').length > 0
    const either = [socket.ending(), socket.until('both', hasHeardBoth)]
    // The other one does not come.
    for (const each of either) each.catch(() => {})
    await Promise.race(either)
    if (hasHeardBoth()) return socket
    expect((await socket.ending()).code).toBe(4013)
    expect(socket.heard('room.closed')).toEqual([])
    return socketOf(at(1), cleo)
  }

  const contents = (socket: Awaited<ReturnType<typeof socketOf>>) =>
    socket.heard('message.created').map(({ message }) => message.content)

  const withoutText: Carry = (note, pass) => {
    if (note.to !== 'log') return
    delete note.text
    delete note.left
    setTimeout(pass)
  }
  const onlyLogs: Carry = (note, pass) => void (note.to === 'log' && setTimeout(pass))

  const ways: Record<string, () => void> = {
    'hears only of entries': () => {
      linked.link.carry = onlyLogs
    },
    'is only woken up': () => {
      linked.link.carry = (note, pass) => withoutText({ ...note }, pass)
    },
    'hears nothing': () => linked.cut(),
  }
  for (const [way, begin] of Object.entries(ways))
    test(`loses a room when its person was removed, before anything later, where its node ${way}`, async () => {
      const { room, cleos, bens } = await listening()
      begin()
      await post(at(0), ben, room, 'before')
      await remove(room)
      await post(at(0), ben, room, 'after')
      await bens.until('what came after', () => contents(bens).includes('after'))
      expect(bens.heard('member.left')).toHaveLength(1)
      await cleos.ask({ type: 'ping' })
      expect(contents(cleos)).toEqual(['before'])
      // The note of it is lost too, and the client would wait without end.
      expect(await cleos.next('room.closed')).toMatchObject({ room, reason: 'removed' })
      for (const socket of [cleos, bens]) await socket.close()
    })

  test('goes on where it was when its person is in the room again', async () => {
    const { room, cleos, bens } = await listening()
    const late: (() => void)[] = []
    linked.link.carry = (note, pass) => void (note.to !== 'nodes' && late.push(pass))
    await remove(room)
    await rest(at(0), cleo).put(`/rooms/${room}/members/me`, {})
    linked.link.carry = (note, pass) => void (note.to !== 'nodes' && setTimeout(pass))
    for (const pass of late) pass()
    await post(at(0), ben, room, 'welcome back')
    for (const socket of [cleos, bens])
      await socket.until('the message', () => contents(socket).includes('welcome back'))
    expect(cleos.events().map(({ seq }) => seq)).toEqual(bens.events().map(({ seq }) => seq))
    for (const socket of [cleos, bens]) await socket.close()
  })

  test('hears that it has lost a room, and that its session has ended, while the bus is away', async () => {
    const dan = await signUp(at(1), 'dan')
    const { room, cleos, bens } = await listening([cleo, dan])
    const dans = await socketOf(at(1), dan)
    linked.cut()
    await rest(at(0), dan).post('/auth/logout')
    await remove(room)
    linked.gap()
    expect(await cleos.next('room.closed')).toMatchObject({ room, reason: 'removed' })
    expect(await dans.next('session.ending')).toMatchObject({ reason: 'logged_out' })
    expect((await dans.ending()).code).toBe(4501)
    for (const socket of [cleos, bens]) await socket.close()
  })

  test('comes back when its person is in the room again, and nobody has said that they were not', async () => {
    const { room, cleos, bens } = await listening()
    linked.link.carry = onlyLogs
    await remove(room)
    await bens.next('member.left')
    expect((await cleos.ask({ type: 'room.subscribe', room })).type).toBe('error')
    await rest(at(0), cleo).put(`/rooms/${room}/members/me`, {})
    const again = await afterwards(cleos)
    expect((await again.ask({ type: 'room.subscribe', room })).type).toBe('reply')
    for (const socket of [again, bens]) await socket.close()
  })

  /** Seen in half an hour of the nemesis, six times: it waited until it connected again. */
  test('comes back when its own node adds its person again, and the note of the removal was lost', async () => {
    const { room, cleos, bens } = await listening()
    linked.link.carry = (note, pass) => void (note.to !== 'user' && setTimeout(pass))
    await remove(room)
    await bens.next('member.left')
    await rest(at(1), ben).put(`/rooms/${room}/members/cleo`, {})
    await cleos.next('room.opened')
    const again = await afterwards(cleos)
    expect((await again.ask({ type: 'room.subscribe', room })).type).toBe('reply')
    for (const socket of [again, bens]) await socket.close()
  })

  test('hears at last that its person is in the room, when the note of an earlier removal comes after that', async () => {
    const { room, cleos, bens } = await listening()
    const late: (() => void)[] = []
    linked.link.carry = (note, pass) => void (note.to === 'user' ? late.push(pass) : setTimeout(pass))
    await remove(room)
    await bens.next('member.left')
    await rest(at(1), ben).put(`/rooms/${room}/members/cleo`, {})
    await cleos.next('room.opened')
    for (const pass of late) pass()
    await cleos.next('room.closed')
    expect(await cleos.next('room.opened')).toMatchObject({ room: { id: room } })
    expect((await cleos.ask({ type: 'room.subscribe', room })).type).toBe('reply')
    for (const socket of [cleos, bens]) await socket.close()
  })

  test('hears that it has lost a room, of which its node believed that it knew that', async () => {
    const { room, cleos, bens } = await listening()
    const gone = () => remove(room)
    await gone()
    await cleos.next('room.closed')
    // From here on no note is heard: its node does not know that it is in the room again, and listens to it.
    linked.link.carry = onlyLogs
    await rest(at(0), ben).put(`/rooms/${room}/members/cleo`, {})
    await waitFor(
      'the room',
      async () => (await cleos.ask({ type: 'room.subscribe', room })).type === 'reply',
    )
    await gone()
    expect(await cleos.next('room.closed')).toMatchObject({ room, reason: 'removed' })
    for (const socket of [cleos, bens]) await socket.close()
  })

  const unheard: Record<string, { begin(): void; end(): void; later(): void }> = {
    'are lost while the bus is away': { begin: linked.cut, end: linked.mend, later() {} },
    'are lost without a gap': onlyWithout(() => {}),
    'come too late': (() => {
      const late: (() => void)[] = []
      return { ...onlyWithout((pass) => void late.push(pass)), later: () => late.forEach((pass) => pass()) }
    })(),
  }
  /** All notes but those to a person. */
  function onlyWithout(hold: (pass: () => void) => void) {
    const begin = () => {
      linked.link.carry = (note, pass) => (note.to === 'user' ? hold(pass) : void setTimeout(pass))
    }
    return { begin, end: () => delete linked.link.carry, later() {} }
  }
  for (const [way, { begin, end, later }] of Object.entries(unheard))
    test(`hears once of the rooms that its person got and lost, when the notes of it ${way}`, async () => {
      const lost = await makeRoom(at(0), ben, [cleo])
      const cleos = await socketOf(at(1), cleo)
      begin()
      await remove(lost)
      const got = await makeRoom(at(0), ben, [cleo])
      end()
      // In either order: the second change may come a second after the first.
      for (const type of ['room.opened', 'room.closed'])
        await cleos.until(type, () => cleos.heard(type).length > 0)
      later()
      for (let check = 0; check < 2; check++) {
        linked.gap()
        await Bun.sleep(100)
      }
      // A last room says that the checks are over.
      const last = await makeRoom(at(0), ben, [cleo])
      await cleos.until('the last', () => cleos.heard('room.opened').some(({ room }) => room.id === last))
      expect(cleos.heard('room.opened')).toMatchObject(
        [got, last].map((id) => ({ room: { id, role: 'member' } })),
      )
      expect(cleos.heard('room.closed')).toMatchObject([{ room: lost, reason: 'removed' }])
      await cleos.close()
    })

  /** Seen before: what a node had said in place of a lost note was kept, and swallowed the note of the next removal. */
  test('hears of a removal at once, also when the note of an earlier one was lost', async () => {
    const lost = await makeRoom(at(0), ben, [cleo])
    const cleos = await socketOf(at(1), cleo)
    linked.link.carry = (note, pass) => void (note.to !== 'user' && setTimeout(pass))
    await remove(lost)
    await cleos.next('room.closed')
    delete linked.link.carry
    await rest(at(0), cleo).put(`/rooms/${lost}/members/me`, {})
    await cleos.until('the room', () => cleos.heard('room.opened').length === 1)
    await remove(lost)
    const last = await makeRoom(at(0), ben, [cleo])
    await cleos.until('the last', () => cleos.heard('room.opened').some(({ room }) => room.id === last))
    expect(cleos.heard('room.closed')).toHaveLength(2)
    await cleos.close()
  })

  test('of many rooms that moved unheard, the events are read with one statement', async () => {
    const rooms: string[] = []
    for (let n = 0; n < 20; n++) rooms.push(await makeRoom(at(0), ben, [cleo]))
    const cleos = await socketOf(at(1), cleo)
    for (const room of rooms) await cleos.ask({ type: 'room.subscribe', room })
    const held: (() => void)[] = []
    linked.link.carry = (note, pass) => {
      if (note.to === 'log') held.push(pass)
    }
    for (const room of rooms) for (const n of [1, 2]) await post(at(0), ben, room, `${room} ${n}`)
    const before = statementsOf(at(1))
    for (const room of rooms) {
      const [{ key, head }] = (await at(0).tools.sql.query<{ key: number; head: number }>(
        'select key, max(seq) as head from rooms join log on room_key = key where id = $1 group by key',
        [room],
      )) as [{ key: number; head: number }]
      held.push(() => at(1).tools.bus.publish({ to: 'log', room: key, seq: head }))
    }
    for (const wake of held.slice(-rooms.length)) wake()
    await cleos.until('all of them', () => contents(cleos).length === rooms.length * 2)
    // One for each room without it.
    expect(statementsOf(at(1)) - before).toBeLessThan(rooms.length)
    await cleos.close()
  })
})
