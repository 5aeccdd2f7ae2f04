import { expect, test } from 'bun:test'
import type { Bus, Note } from '../../src/bus/bus.ts'
import { createMemoryBus } from '../../src/bus/memory.ts'
import { people } from '../../src/features/auth/people.ts'
import { openIntegrity } from '../../src/features/log/integrity.ts'
import { writer } from '../../src/features/log/writer.ts'
import { passOfServer } from '../../src/features/rooms/access.ts'
import { knownRooms } from '../../src/features/rooms/known.ts'
import type { Tools } from '../../src/scope.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'

/*
 * The feed believed the bus: a note of a seq that was never stored was shown, and then the real message of that seq was
 * not; what was stored but not published was heard by nobody, and the heads in pings did not tell.
 */
const contents = (socket: TestSocket) => socket.heard('message.created').map(({ message }) => message.content)
const seqs = (socket: TestSocket) => socket.heard('message.created').map(({ seq }) => seq)

/** The bus of the server with `carry` between the publishers and the listeners, until it is undone. */
function wrapBus({ tools }: TestServer, carry: (note: Note, publish: Bus['publish']) => void): () => void {
  const { publish } = tools.bus
  tools.bus.publish = (note) => carry(note, publish)
  return () => {
    tools.bus.publish = publish
  }
}

const isMessage = (note: Note): boolean => note.to === 'log'

/** Stores a message as another process would: past the writer and the bus of the server. */
async function storeElsewhere({ tools }: TestServer, room: string, username: string, text: string) {
  const elsewhere: Tools = { ...tools, bus: createMemoryBus(), memory: new Map() }
  await openIntegrity(elsewhere)
  const known = (await knownRooms(elsewhere).find(room))!
  const actor = (await people(elsewhere).findByName(username))!
  await writer(elsewhere).append(passOfServer(known), {
    kind: 'message.created',
    actor,
    text,
    clientId: crypto.randomUUID(),
  })
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => await cast(server))

  async function listener() {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const socket = await socketOf(server, cleo)
    await socket.ask({ type: 'room.subscribe', room })
    return { server, ben, cleo, room, socket }
  }

  test('an event that was never stored is not shown, and does not hide the real one', async () => {
    const { server, ben, room, socket } = await listener()
    const seq = await post(server, ben, room, 'first')
    await socket.until('the first', () => contents(socket).includes('first'))
    const { key, epoch } = (await knownRooms(server.tools).find(room))!
    const forge = (at: number) => {
      const message = { seq: at, content: 'forged', author: { username: 'ben', display_name: 'Ben' } }
      const text = JSON.stringify({ type: 'message.created', room, epoch, seq: at, message })
      server.tools.bus.publish({ to: 'log', room: key, seq: at, text })
    }
    for (const ahead of [0, 1, 2, 7]) forge(seq + ahead)
    expect(await post(server, ben, room, 'second')).toBe(seq + 1)
    await socket.until('the second', () => contents(socket).includes('second'))
    for (const ahead of [1, 2, 9]) forge(seq + ahead)
    expect(await post(server, ben, room, 'third')).toBe(seq + 2)
    await socket.until('the third', () => contents(socket).includes('third'))
    expect(contents(socket)).toEqual(['first', 'second', 'third'])
    // Also not to who comes later, from memory or from the log.
    const late = await socketOf(server, at().ben)
    const { data } = await late.ask({ type: 'room.subscribe', room, since: { epoch, seq: seq - 1 } })
    expect(data.events.map(({ message }: { message: { content: string } }) => message.content)).toEqual([
      'first',
      'second',
      'third',
    ])
    await Promise.all([socket.close(), late.close()])
  })

  test('what was stored and never published is heard', async () => {
    const { server, ben, room, socket } = await listener()
    const undo = wrapBus(server, (note, publish) => void (isMessage(note) || publish(note)))
    const seq = await post(server, ben, room, 'unheard')
    undo()
    await socket.until('what this server stored', () => contents(socket).includes('unheard'))
    await storeElsewhere(server, room, 'ben', 'of another')
    await socket.until('what another stored', () => contents(socket).includes('of another'))
    expect(seqs(socket)).toEqual([seq, seq + 1])
    await socket.close()
  })

  test('the heads in a ping are those of the writer', async () => {
    const { server, ben, room, socket } = await listener()
    const { policy } = server.tools
    const { pingIntervalMs } = policy
    const undo = wrapBus(server, (note, publish) => void (isMessage(note) || publish(note)))
    const seq = await post(server, ben, room, 'unheard')
    Object.assign(policy, { pingIntervalMs: 1 })
    try {
      const ping = await socket.next((frame) => frame.type === 'ping' && frame.heads[room]?.seq === seq)
      expect(ping.heads[room].seq).toBe(seq)
    } finally {
      Object.assign(policy, { pingIntervalMs })
      undo()
    }
    await socket.close()
  })

  test('whatever a bus doubles, drops, delays and repeats, each message comes once and in order', async () => {
    const { server, ben, room, socket } = await listener()
    const old: Note[] = []
    const dice = [0.1, 0.7, 0.3, 0.95, 0.55, 0.8, 0.4, 0.15, 0.99, 0.6]
    const undo = wrapBus(server, (note, publish) => {
      if (!isMessage(note)) return publish(note)
      const fall = dice[old.push(note) % dice.length]!
      if (fall < 0.2) return
      if (fall < 0.5) return void setTimeout(() => publish(note), fall * 100)
      publish(note)
      if (fall < 0.6) publish(note)
      if (fall > 0.9) publish(old[Math.floor(old.length * 0.7)]!)
    })
    const sent: string[] = []
    for (let round = 0; round < 20; round++) {
      const batch = Array.from({ length: 10 }, (_, index) => `${round} ${index}`)
      await Promise.all(batch.map((content) => post(server, ben, room, content)))
      sent.push(...batch)
    }
    await waitFor('all of them', () => contents(socket).length >= sent.length)
    undo()
    expect(contents(socket).toSorted()).toEqual(sent.toSorted())
    const first = seqs(socket)[0]
    expect(seqs(socket)).toEqual(sent.map((_, index) => first + index))
    await socket.close()
  })
})
