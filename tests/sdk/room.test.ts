// Longer than 300 lines: every promise of a room handle, tried on both databases with the same helpers.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { type Client, createClient } from '../../src/sdk/client.ts'
import type { Frame } from '../../src/sdk/connection.ts'
import { apiTokenSession, tokenSession } from '../../src/sdk/credentials.ts'
import type { ClientEvent } from '../../src/sdk/state.ts'
import { type Cast, cast, makeRoom, post } from '../support/cast.ts'
import { waitFor } from '../support/client.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'
import { created, message, problem, Refusal, room, startPeer, until } from './peer.ts'
import { layWire } from './wire.ts'

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

type Script = NonNullable<Parameters<typeof startPeer>[0]>

/** A client of Ben's whose other end does exactly what a test says. */
function start(script: Script = {}) {
  const peer = startPeer(script)
  const session = tokenSession({ access_token: 'first', refresh_token: 'r1', expires_in: 900 })
  const client = createClient({ url: peer.url, session, backoff: { minMs: 5, maxMs: 20 } })
  closing.push(client.close, peer.stop)
  client.connect()
  return { peer, client, general: client.room('general') }
}

const live = (head: number, more: object = {}) => ({
  room: 'general',
  epoch: 'e1',
  head,
  mode: 'live',
  messages: [],
  ...more,
})
const sent = (seq: number) => ({ room: 'general', seq, created_at: '2026-01-01T00:00:00.000Z', epoch: 'e1' })
const bens = (seq: number, client_id: unknown) =>
  created(seq, 'hi', { client_id, author: { username: 'ben', display_name: 'Ben' } })

const reasons = async (waits: Promise<unknown>[]) =>
  (await Promise.allSettled(waits)).map((each) => each.status === 'rejected' && each.reason)

describe('a message that is sent', () => {
  test('has its client_id at once and its seq when it is stored', async () => {
    const answer = ({ type }: Frame) => (type === 'message.send' ? sent(1) : live(0))
    const { peer, client, general } = start({ answer })
    await client.ready()
    const sending = general.send('hi', { reply_to: 7, client_id: 'mine' })
    expect(sending.client_id).toBe('mine')
    expect(general.state?.pending).toMatchObject([{ client_id: 'mine', content: 'hi' }])
    expect(await sending).toEqual(sent(1))
    expect(peer.of('message.send')).toMatchObject([{ client_id: 'mine', content: 'hi', reply_to: 7 }])
  })

  test('resolves by its event when the reply was lost with the connection', async () => {
    const answers = [live(0), { ...live(1), mode: 'replay' }]
    const answer = ({ type, client_id }: Frame) => {
      if (type === 'room.subscribe') return { ...answers.shift()!, events: client_id ? [] : replayed }
      if (type !== 'message.send') return undefined
      replayed.push(bens(1, client_id))
      peer.cut()
    }
    const replayed: object[] = []
    const { peer, general } = start({ answer })
    await general.open()
    expect(await general.send('hi')).toMatchObject({ room: 'general', seq: 1, epoch: 'e1' })
    expect(general.state).toMatchObject({ pending: [], messages: [{ seq: 1 }] })
  })

  test('resolves by the fresh page of a reset', async () => {
    let id: unknown
    const answer = ({ type, client_id }: Frame) => {
      if (type === 'room.subscribe')
        return id ? live(5, { mode: 'reset', messages: [bens(5, id).message] }) : live(0)
      if (type !== 'message.send') return undefined
      id = client_id
      peer.cut()
    }
    const { peer, general } = start({ answer })
    await general.open()
    expect(await general.send('hi')).toMatchObject({ seq: 5 })
  })

  test('rejects with the refusal, stays to be seen, and may be tried again or discarded', async () => {
    const answers = [
      new Refusal({ code: 'forbidden', message: 'Read only' }),
      new Refusal({ code: 'forbidden' }),
    ]
    const answer = ({ type }: Frame) => (type === 'message.send' ? (answers.shift() ?? sent(1)) : live(0))
    const { client, general } = start({ answer })
    await client.ready()
    const first = general.send('hi')
    await expect(first).rejects.toMatchObject({
      name: 'RequestError',
      code: 'forbidden',
      message: 'Read only',
    })
    expect(general.state?.pending).toMatchObject([{ state: 'failed', error: { code: 'forbidden' } }])
    await expect(general.retry(first.client_id)!).rejects.toMatchObject({ code: 'forbidden' })
    expect(await general.retry(first.client_id)).toEqual(sent(1))
    expect(general.retry(first.client_id)).toBeUndefined()
  })

  test('rejects when it is discarded, aborted, closed upon, or its room goes, and is then no longer waited for', async () => {
    const { peer, client, general } = start({ rooms: () => [room(0), room(0, { id: 'other' })] })
    await client.ready()
    const discarded = general.send('one')
    general.discard(discarded.client_id)
    await expect(discarded).rejects.toMatchObject({ code: 'gone' })

    const abort = new AbortController()
    const aborted = general.send('two', { signal: abort.signal })
    abort.abort(new Error('changed my mind'))
    await expect(aborted).rejects.toThrow('changed my mind')
    await expect(general.send('three', { signal: abort.signal })).rejects.toThrow('changed my mind')
    expect(general.state?.pending).toEqual([])

    const orphan = client.room('other').send('four')
    peer.tell({ type: 'room.closed', room: 'other', reason: 'deleted' })
    await expect(orphan).rejects.toMatchObject({ code: 'gone' })
    await expect(client.room('other').send('five')).rejects.toMatchObject({ code: 'not_found' })

    const last = general.send('six')
    client.close()
    await expect(last).rejects.toMatchObject({ code: 'disconnected' })
  })

  test('need not be awaited: an ignored refusal is no uncaught error', async () => {
    const answer = ({ type }: Frame) =>
      type === 'message.send' ? new Refusal({ code: 'forbidden' }) : live(0)
    const { client, general } = start({ answer })
    await client.ready()
    const uncaught: unknown[] = []
    const listener = (error: unknown) => void uncaught.push(error)
    process.on('unhandledRejection', listener)
    general.send('hi')
    await until(() => general.state?.pending[0]?.state === 'failed')
    await Bun.sleep(1)
    process.off('unhandledRejection', listener)
    expect(uncaught).toEqual([])
  })
})

describe('the events of a room', () => {
  test('open it, are only its own, and end with it', async () => {
    const { peer, client, general } = start({
      answer: ({ type }) => (type === 'room.subscribe' ? live(0) : undefined),
    })
    const types: string[] = []
    const reading = (async () => {
      for await (const event of general.events()) types.push(event.type)
    })()
    await until(() => general.state?.open)
    peer.tell({ type: 'read.changed', room: 'elsewhere', read_seq: 1, unread: 0, head: 1 })
    peer.tell(created(1))
    peer.tell({ type: 'room.closed', room: 'general', reason: 'removed' })
    await reading
    expect(types).toEqual(['message.created', 'room.closed'])
    expect(client.state.rooms).toEqual({})
  })

  test('end when the room is closed by `using`, and cannot be had of a room that is refused', async () => {
    const refused = new Refusal({ code: 'not_found' })
    const answer = ({ type, room }: Frame) =>
      type === 'room.subscribe' ? (room === 'general' ? live(0) : refused) : undefined
    const http: Script['http'] = (_, path) =>
      path === '/rooms/secret' ? Response.json(room(0, { id: 'secret' })) : problem(404, 'not_found')
    const { client, general } = start({ answer, http })
    let events: AsyncIterable<ClientEvent>
    {
      using opened = await general.open()
      events = opened.events()
      expect(opened.state?.open).toBe(true)
    }
    for await (const event of events) throw new Error(`Nothing should come: ${event.type}`)
    expect(general.state?.open).toBe(false)
    await expect(Array.fromAsync(client.room('secret').events())).rejects.toMatchObject({ code: 'not_found' })
    await expect(Array.fromAsync(client.room('secret').messages())).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('stop at an abort with its reason, and throw what ended the session', async () => {
    const { peer, client, general } = start({
      answer: ({ type }) => (type === 'room.subscribe' ? live(0) : undefined),
    })
    await general.open()
    const abort = new AbortController()
    const aborted = Array.fromAsync(general.events({ signal: abort.signal }))
    abort.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await expect(Array.fromAsync(client.events({ signal: abort.signal }))).rejects.toThrow('enough')
    const cutOff = Array.fromAsync(client.events())
    peer.hangUp(4501)
    await expect(cutOff).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(general.open()).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(client.ready()).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('are not kept without bound for a reader that does not come', async () => {
    const { peer, general } = start({
      answer: ({ type }) => (type === 'room.subscribe' ? live(0) : undefined),
    })
    await general.open()
    const events = general.events()
    for (let seq = 1; seq <= 10_001; seq++) peer.tell(created(seq))
    await until(() => general.state?.head === 10_001)
    let read = 0
    const reading = (async () => {
      for await (const _ of events) read++
    })()
    await expect(reading).rejects.toMatchObject({ code: 'gone' })
    expect(read).toBe(10_000)
  })
})

describe('the messages of a room', () => {
  test('after a reset begin where they broke off: the hole is fetched, page after page, over a failure', async () => {
    const answers: unknown[] = [live(1), live(7, { mode: 'reset', messages: [message(7)] })]
    const pages: unknown[] = [
      new Refusal({ code: 'unavailable', retry_after_ms: 1 }),
      { items: [message(3), message(4)], next: 4 },
      { items: [{ ...message(5), deleted_at: 'then' }, message(7)] },
    ]
    const answer = ({ type }: Frame) =>
      type === 'room.subscribe' ? answers.shift() : type === 'message.list' ? pages.shift() : undefined
    const { peer, general } = start({ answer, rooms: () => [room(1)] })
    const seqs: number[] = []
    await general.open({ history: 0 })
    const reading = (async () => {
      for await (const { seq } of general.messages()) seqs.push(seq)
    })()
    peer.tell(created(2))
    await until(() => seqs.length === 1)
    peer.cut()
    await until(() => seqs.length === 4)
    peer.tell(created(8))
    await until(() => seqs.length === 5)
    general.close()
    await reading
    expect(seqs).toEqual([2, 3, 4, 7, 8])
    expect(peer.of('message.list')).toMatchObject([{ after: 2 }, { after: 2 }, { after: 4 }])
  })

  test('of another epoch are other messages: they go on from its head', async () => {
    const answers: unknown[] = [live(40), live(2, { mode: 'reset', epoch: 'e2' })]
    const answer = ({ type }: Frame) => (type === 'room.subscribe' ? answers.shift() : undefined)
    const { peer, general } = start({ answer, rooms: () => [room(40)] })
    await general.open({ history: 0 })
    const seqs: number[] = []
    const reading = (async () => {
      for await (const { seq } of general.messages()) seqs.push(seq)
    })()
    peer.tell(created(41))
    await until(() => seqs.length === 1)
    peer.cut()
    await until(() => general.state?.epoch === 'e2')
    peer.tell({ ...created(3), epoch: 'e2' })
    await until(() => seqs.length === 2)
    general.close()
    await reading
    expect(seqs).toEqual([41, 3])
  })
})

describe('waiting', () => {
  test('for a client that does not try is refused at once; with a signal, no longer than that', async () => {
    const peer = startPeer({ refuseUpgrade: () => true, http: () => problem(503, 'unavailable') })
    closing.push(peer.stop)
    const client = createClient({ url: peer.url, session: apiTokenSession('t') })
    expect(await reasons([client.ready()])).toMatchObject([{ code: 'disconnected' }])
    client.connect()
    const signal = AbortSignal.timeout(5)
    const waits = [client.ready({ signal }), client.room('general').open({ signal })]
    expect(await reasons(waits)).toMatchObject([{ name: 'TimeoutError' }, { name: 'TimeoutError' }])
    const open = [client.ready(), client.room('general').open()]
    client.close()
    expect(await reasons(open)).toMatchObject([{ code: 'disconnected' }, { code: 'disconnected' }])
  })

  test('for a reply ends with the signal, over both doors', async () => {
    const { client } = start({ http: () => new Promise(() => {}) as never })
    await client.ready()
    const signal = AbortSignal.timeout(5)
    await expect(client.request('ping', {}, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(client.rest('GET /rooms', { signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    await expect(client.request('ping', {}, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('for an unknown token ends with `unauthenticated`', async () => {
    const peer = startPeer({ refuseUpgrade: () => true, http: () => problem(401, 'unauthenticated') })
    const client = createClient({ url: peer.url, session: apiTokenSession('wrong') })
    closing.push(client.close, peer.stop)
    client.connect()
    await expect(client.ready()).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

await onBothDatabases((database) => {
  let server: TestServer
  let people: Cast
  let wire: Awaited<ReturnType<typeof layWire>>
  const clients: Client[] = []
  beforeAll(async () => {
    server = await startServer({ database })
    people = await cast(server)
    // The port of a server that has restarted is another one.
    wire = await layWire(() => server.port)
  })
  afterAll(async () => {
    for (const client of clients) client.close()
    wire.stop()
    wire.cut()
    await server.stop()
  })

  async function online({ token }: { token: string }): Promise<Client> {
    const client = createClient({
      url: wire.url,
      session: apiTokenSession(token),
      backoff: { minMs: 10, maxMs: 50 },
    })
    clients.push(client)
    client.connect()
    await client.ready()
    return client
  }

  test('two people do everything that can be done with a room', async () => {
    const id = await makeRoom(server, people.ben, [people.cleo])
    const ben = (await online(people.ben)).room(id)
    const cleo = (await online(people.cleo)).room(id)
    await Promise.all([ben.open(), cleo.open()])
    const { seq } = await ben.send('Tea at four?')
    await cleo.reply(seq, 'Yes!')
    await cleo.react(seq, '🍵')
    await ben.edit(seq, 'Tea at five?')
    await ben.pin(seq)
    await waitFor('the pin', () => cleo.state?.messages.find((each) => each.seq === seq)?.pinned)
    expect(cleo.state?.messages).toMatchObject([
      { seq, content: 'Tea at five?', reactions: [{ emoji: '🍵', count: 1, mine: true }] },
      { content: 'Yes!', reply_to: seq, author: { username: 'cleo' } },
    ])
    await cleo.unreact(seq, '🍵')
    await ben.unpin(seq)
    await ben.delete(seq)
    await waitFor('the tombstone', () => cleo.state?.messages[0]?.deleted_at)
    expect(cleo.state?.messages[0]).toMatchObject({ content: '', reactions: [] })
    await expect(cleo.pin(seq)).rejects.toMatchObject({ name: 'RequestError', code: 'forbidden' })
    ben.typing()
    await waitFor('the typing', () => cleo.state?.typing.includes('ben'))
    cleo.markRead()
    expect(cleo.state?.unread).toBe(0)
    expect((await cleo.members()).map(({ username, role }) => [username, role])).toEqual([
      ['ben', 'owner'],
      ['cleo', 'member'],
    ])
    await cleo.leave()
    expect(cleo.state).toBeUndefined()
    await cleo.join()
    expect(cleo.state?.role).toBe('member')
  })

  test('messages continue after the last one seen, each once, while others write and the server restarts', async () => {
    const id = await makeRoom(server, people.ben, [people.cleo])
    const first = await post(server, people.ben, id, 'seen')
    for (let n = 0; n < 120; n++) await post(server, people.ben, id, `missed ${n}`)
    const reader = await online(people.cleo)
    const contents: string[] = []
    const reading = (async () => {
      for await (const { content } of reader.room(id).messages({ after: first })) contents.push(content)
    })()
    const writer = (await online(people.ben)).room(id)
    const before = Array.from({ length: 20 }, (_, n) => writer.send(`live ${n}`))
    await Promise.all(before)
    await server.restart()
    const after = Array.from({ length: 20 }, (_, n) => writer.send(`after ${n}`))
    await Promise.all(after)
    await waitFor('the last one', () => contents.at(-1) === 'after 19')
    reader.close()
    await reading
    const run = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name} ${n}`)
    expect(contents).toEqual([...run('missed', 120), ...run('live', 20), ...run('after', 20)])
  })
})
