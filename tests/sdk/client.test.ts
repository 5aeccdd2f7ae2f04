// Longer than 300 lines: the whole client is tried against one scripted peer, whose helpers are shared.
import { afterEach, describe, expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import type { Frame } from '../../src/sdk/connection.ts'
import { cookieSession, tokenSession } from '../../src/sdk/credentials.ts'
import { type ClientEvent, roomOf } from '../../src/sdk/state.ts'
import { created, message, problem, Refusal, room, startPeer, until, user } from './peer.ts'

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

type Script = NonNullable<Parameters<typeof startPeer>[0]>
const live = (head: number, messages: object[] = []) => ({
  room: 'general',
  epoch: 'e1',
  head,
  mode: 'live',
  messages,
})
const replay = (head: number, events: object[], more = false) => ({
  room: 'general',
  epoch: 'e1',
  head,
  mode: 'replay',
  events,
  ...(more ? { more } : {}),
})

function start(script: Script = {}, more: Partial<Parameters<typeof createClient>[0]> = {}) {
  const peer = startPeer(script)
  const session = tokenSession({ access_token: 'first', refresh_token: 'r1', expires_in: 900 })
  const client = createClient({ url: peer.url, session, backoff: { minMs: 5, maxMs: 20 }, ...more })
  closing.push(client.close, peer.stop)
  client.connect()
  const general = () => roomOf(client.state, 'general')!
  const seqs = () => general().messages.map(({ seq }) => seq)
  return { peer, client, session, general, seqs, online: () => until(() => client.state.status === 'online') }
}

describe('a room that is open', () => {
  test('goes on after a reconnection from where it stood, page after page', async () => {
    const answers = [
      live(2, [message(1), message(2)]),
      replay(4, [created(3)], true),
      replay(4, [created(4)]),
    ]
    const answer = ({ type }: Frame) => (type === 'room.subscribe' ? answers.shift() : undefined)
    const { peer, client, seqs } = start({ answer, rooms: () => [room(2)] })
    await client.room('general').open({ history: 10 })
    peer.cut()
    await until(() => seqs().length === 4)
    expect(seqs()).toEqual([1, 2, 3, 4])
    expect(peer.of('room.subscribe').map(({ since, history }) => ({ since, history }))).toEqual([
      { since: undefined, history: 10 },
      { since: { epoch: 'e1', seq: 2 }, history: 10 },
      { since: { epoch: 'e1', seq: 3 }, history: 10 },
    ])
  })

  test('is replaced by a reset, and its listeners are notified', async () => {
    const answers = [
      live(2, [message(1), message(2)]),
      { ...live(9, [message(9)]), mode: 'reset', epoch: 'e2' },
    ]
    const answer = ({ type }: Frame) => (type === 'room.subscribe' ? answers.shift() : undefined)
    const { peer, client, general, seqs } = start({ answer, rooms: () => [room(2)] })
    const resets: ClientEvent[] = []
    client.on('room.reset', (event) => void resets.push(event))
    await client.room('general').open({ history: 1 })
    peer.cut()
    await until(() => general().epoch === 'e2')
    expect(seqs()).toEqual([9])
    expect(general().head).toBe(9)
    const since = { epoch: 'e1', seq: 2 }
    expect(resets).toEqual([{ type: 'room.reset', room: 'general', epoch: 'e2', head: 9, since }])
  })

  test('asks again when an event is missing, and delivers each event once', async () => {
    const answers = [live(0), replay(3, [created(1), created(2), created(3)])]
    const answer = ({ type }: Frame) => (type === 'room.subscribe' ? answers.shift() : undefined)
    const { peer, client, seqs } = start({ answer })
    const heard: number[] = []
    client.on('message.created', ({ seq }) => void heard.push(seq))
    await client.room('general').open()
    peer.tell(created(1))
    peer.tell(created(3))
    await until(() => seqs().length === 3)
    expect(peer.of('room.subscribe').at(-1)).toMatchObject({ since: { epoch: 'e1', seq: 1 } })
    expect(heard).toEqual([1, 2, 3])
  })

  test('learns from a ping that it misses events', async () => {
    const answers = [live(1, [message(1)]), replay(2, [created(2)])]
    const answer = ({ type }: Frame) => (type === 'room.subscribe' ? answers.shift() : undefined)
    const { peer, client, seqs } = start({ answer, rooms: () => [room(1)] })
    await client.room('general').open()
    peer.tell({ type: 'ping', heads: { general: { epoch: 'e1', seq: 1 } } })
    peer.tell({ type: 'ping', heads: { general: { epoch: 'e1', seq: 2 } } })
    await until(() => seqs().length === 2)
    expect(peer.of('room.subscribe')).toHaveLength(2)
  })

  test('is requested again after a temporary refusal, and given up after a final one', async () => {
    const refusals = [
      new Refusal({ code: 'unavailable', retry_after_ms: 1 }),
      new Refusal({ code: 'not_found' }),
    ]
    const answer = ({ type }: Frame) => (type === 'room.subscribe' ? refusals.shift() : undefined)
    const { client } = start({ answer })
    await expect(client.room('general').open()).rejects.toMatchObject({ code: 'not_found' })
    expect(client.state.rooms).toEqual({})
  })

  test('that was opened without history gets it when it is opened with some', async () => {
    const answer = ({ type, since }: Frame) => {
      if (type === 'room.subscribe') return since ? replay(2, []) : live(2)
      if (type === 'message.list') return { items: [message(1), message(2)] }
    }
    const { peer, client, seqs } = start({ answer, rooms: () => [room(2)] })
    await client.room('general').open({ history: 0 })
    expect(seqs()).toEqual([])
    await client.room('general').open()
    expect(seqs()).toEqual([1, 2])
    expect(peer.of('message.list')).toMatchObject([{ before: 3, limit: 50 }])
  })

  test('pages back to its beginning', async () => {
    const answer = ({ type, before }: Frame) => {
      if (type === 'room.subscribe') return live(5, [message(4), message(5)])
      if (type === 'message.list')
        return before === 4 ? { items: [message(2), message(3)], next: 2 } : { items: [message(1)] }
    }
    const { client, general, seqs } = start({ answer, rooms: () => [room(5)] })
    await client.room('general').open({ history: 2 })
    expect(await Promise.all([client.room('general').older(), client.room('general').older()])).toEqual([
      true,
      true,
    ])
    expect(seqs()).toEqual([2, 3, 4, 5])
    expect(await client.room('general').older()).toBe(false)
    expect(seqs()).toEqual([1, 2, 3, 4, 5])
    expect(general().reachedStart).toBe(true)
  })
})

describe('a message sent', () => {
  const answerSends = (seqOf: (frame: Frame) => unknown) => (frame: Frame) => {
    if (frame.type === 'room.subscribe') return live(0)
    if (frame.type === 'message.send') return seqOf(frame)
  }
  const ack = (seq: number) => ({ room: 'general', seq, created_at: user.created_at, epoch: 'e1' })
  const mine = (seq: number, client_id: string) =>
    created(seq, 'hi', { client_id, author: { username: 'ben', display_name: 'Ben' } })

  test('is shown at once, and is one message when its event arrives', async () => {
    const { peer, client, general, seqs } = start({ answer: answerSends(() => ack(1)) })
    await client.room('general').open()
    const { client_id: id } = client.room('general').send('hi')
    expect(general().pending).toMatchObject([{ client_id: id, content: 'hi', state: 'sending' }])
    await until(() => general().pending[0]?.seq === 1)
    peer.tell(mine(1, id))
    await until(() => seqs().length === 1)
    expect(general().pending).toEqual([])
  })

  test('is sent again with the same client_id when the connection broke before the reply', async () => {
    let sends = 0
    const answer = answerSends(() => (++sends === 1 ? undefined : ack(1)))
    const { peer, client, general } = start({ answer })
    await client.room('general').open()
    const { client_id: id } = client.room('general').send('hi')
    await until(() => sends === 1)
    peer.cut()
    await until(() => general().pending[0]?.seq === 1)
    expect(peer.of('message.send').map(({ client_id }) => client_id)).toEqual([id, id])
  })

  test('while offline goes out after the connection is there, in the order of writing', async () => {
    let seq = 0
    const { peer, client, general, online } = start({ answer: answerSends(() => ack(++seq)) })
    await online()
    peer.cut()
    await until(() => client.state.status !== 'online')
    for (const content of ['one', 'two', 'three']) void client.room('general').send(content)
    expect(general().pending).toHaveLength(3)
    await until(() => seq === 3)
    expect(peer.of('message.send').map(({ content }) => content)).toEqual(['one', 'two', 'three'])
  })

  test('waits for the reply to the one before it', async () => {
    const silent = answerSends(() => undefined)
    const { peer, client } = start({ answer: (frame) => (frame.type === 'ping' ? {} : silent(frame)) })
    await client.room('general').open()
    for (const content of ['one', 'two']) void client.room('general').send(content)
    await client.request('ping', {})
    expect(peer.of('message.send').map(({ content }) => content)).toEqual(['one'])
  })

  test('keeps its place when the server asks to slow down, and does', async () => {
    const answers = [new Refusal({ code: 'rate_limited', retry_after_ms: 50 }), ack(1), ack(2)]
    const startedMs = performance.now()
    const { peer, client } = start({ answer: answerSends(() => answers.shift()) })
    await client.room('general').open()
    void client.room('general').send('one')
    void client.room('general').send('two')
    await until(() => answers.length === 0)
    expect(performance.now() - startedMs).toBeGreaterThan(45)
    expect(peer.of('message.send').map(({ content }) => content)).toEqual(['one', 'one', 'two'])
  })

  test('that is refused stays with its reason until it is tried again or discarded', async () => {
    const answers = [
      new Refusal({ code: 'forbidden', reason: 'moderators_post', message: 'No' }),
      new Refusal({ code: 'forbidden' }),
    ]
    const { peer, client, general } = start({ answer: answerSends(() => answers.shift()) })
    await client.room('general').open()
    const { client_id: id } = client.room('general').send('hi')
    await until(() => general().pending[0]?.state === 'failed')
    expect(general().pending[0]?.error).toEqual({
      code: 'forbidden',
      reason: 'moderators_post',
      message: 'No',
    })
    void client.room('general').retry(id)
    expect(general().pending[0]?.error).toBeUndefined()
    await until(() => general().pending[0]?.state === 'failed')
    expect(peer.of('message.send').map(({ client_id }) => client_id)).toEqual([id, id])
    client.room('general').discard(id)
    expect(general().pending).toEqual([])
  })

  test('outlives a reload where there is storage, and leaves it once it is stored', async () => {
    const kept = new Map<string, string>()
    const storage = {
      get length() {
        return kept.size
      },
      key: (index: number) => [...kept.keys()][index] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }
    const silent = start({ answer: answerSends(() => undefined) }, { storage })
    await silent.client.room('general').open()
    const { client_id: id } = silent.client.room('general').send('hi')
    silent.client.close()
    expect(kept.size).toBe(1)
    const { peer } = start({ answer: answerSends(() => ack(1)) }, { storage })
    await until(() => kept.size === 0)
    expect(peer.of('message.send')).toMatchObject([{ client_id: id, content: 'hi' }])
  })
})

describe('a session', () => {
  const refreshed = {
    access_token: 'second',
    refresh_token: 'r2',
    token_type: 'bearer',
    expires_in: 900,
    user,
  }

  test('that has ended ends the client, which says why and does not reconnect', async () => {
    const { peer, client, online } = start()
    await online()
    peer.hangUp(4501)
    await until(() => client.state.status === 'ended')
    expect(client.state.endedBecause).toBe('session_ended')
    client.connect()
    expect(client.state.status).toBe('ended')
    expect(peer.connections()).toBe(1)
  })

  test('that its user ends is ended on the server first, and says so', async () => {
    const ended: string[] = []
    const http = (method: string, path: string) => {
      ended.push(`${method} ${path}`)
      return new Response(null, { status: 204 })
    }
    const { peer, client, online } = start({ http })
    await online()
    await client.logOut()
    expect(ended).toEqual(['POST /auth/logout'])
    expect(client.state).toMatchObject({ status: 'ended', endedBecause: 'signed_out' })
    await until(() => peer.lineCount() === 0)
  })

  test('ends when the account is erased; a refusal leaves it as it was', async () => {
    const asked: unknown[] = []
    const answers = [problem(409, 'conflict'), new Response(null, { status: 204 })]
    const http = (method: string, path: string, body: unknown) => {
      asked.push([method, path, body])
      return answers.shift()
    }
    const { peer, client, online } = start({ http })
    await online()
    expect(client.eraseAccount()).rejects.toMatchObject({ code: 'conflict' })
    await until(() => peer.connections() === 2 && peer.lineCount() === 1)
    expect(client.state.status).toBe('online')
    await client.eraseAccount({ messages: 'delete' })
    expect(asked).toEqual([
      ['DELETE', '/users/me', { messages: 'keep' }],
      ['DELETE', '/users/me', { messages: 'delete' }],
    ])
    expect(client.state).toMatchObject({ status: 'ended', endedBecause: 'erased' })
    await until(() => peer.lineCount() === 0)
  })

  /** Seen before, on a busy machine: the page said that the session had expired, and not that the account was deleted. */
  test('ends as erased when another request is refused before the reply to the erasure is here', async () => {
    const held = Promise.withResolvers<Response>()
    const http = (method: string, path: string) =>
      path === '/users/me' && method === 'DELETE' ? held.promise : problem(401, 'unauthenticated')
    const { client, online } = start({ http })
    await online()
    const erased = client.eraseAccount()
    await expect(client.rest('GET /auth/sessions')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(client.state.status).not.toBe('ended')
    held.resolve(new Response(null, { status: 204 }))
    await erased
    expect(client.state).toMatchObject({ status: 'ended', endedBecause: 'erased' })
  })

  test('that its user changes, here or on another device, is known by it at once', async () => {
    const { peer, client, online } = start()
    await online()
    peer.tell({ type: 'user.updated', user: { ...user, display_name: 'Benjamin', roles: ['admin', 'user'] } })
    await until(() => client.state.me?.display_name === 'Benjamin')
    expect(client.state.me?.roles).toEqual(['admin', 'user'])
  })

  // While a tab sleeps, somebody else may sign in from another: the cookie is theirs then, and the tab came back as they,
  // with the rooms of the other, whose unsent messages it said in their name.
  test('that another user took over in another tab ends the client, and nothing is sent in their name', async () => {
    let greeted: object = user
    const { peer, client, online } = start({ user: () => greeted, rooms: () => [room(0)] })
    await online()
    greeted = { ...user, id: 'u-cleo', username: 'cleo', display_name: 'Cleo' }
    peer.cut()
    await until(() => client.state.status === 'offline')
    void client.room('general').send('of Ben, and nobody else')
    await until(() => peer.connections() === 2 && peer.lineCount() === 0)
    expect(client.state).toMatchObject({ status: 'ended', endedBecause: 'somebody_else', me: user })
    expect(peer.of('message.send')).toEqual([])
  })

  test('of a page is requested once, and nothing else if there is none', async () => {
    const asked: string[] = []
    const http = (method: string, path: string) => {
      asked.push(`${method} ${path}`)
      return problem(401, 'unauthenticated')
    }
    const { peer, client } = start({ http }, { session: cookieSession() })
    await until(() => client.state.status === 'ended')
    expect(client.state.endedBecause).toBe('not_authenticated')
    expect([asked, peer.connections()]).toEqual([['POST /auth/refresh'], 0])
  })

  test('of a page that was loaded again is renewed before its socket is opened', async () => {
    const http = (_: string, path: string) =>
      path === '/auth/refresh' ? Response.json({ user, token_type: 'cookie', expires_in: 900 }) : undefined
    const session = cookieSession()
    const { peer, online } = start({ http }, { session })
    await online()
    expect(peer.connections()).toBe(1)
    expect(session.renewAt()! - Date.now()).toBeGreaterThan(800_000)
  })

  test('is renewed when its token has expired, and the socket reconnects with the new token', async () => {
    const http = (_: string, path: string) =>
      path === '/auth/refresh' ? Response.json(refreshed) : undefined
    const { peer, client, session, online } = start({ http })
    await online()
    peer.hangUp(4001)
    await until(() => peer.connections() === 2 && client.state.status === 'online')
    expect(session.token()).toBe('second')
  })

  test('is renewed before its token expires, and the open socket gets the new one', async () => {
    const http = (_: string, path: string) =>
      path === '/auth/refresh' ? Response.json(refreshed) : undefined
    const pairs: string[] = []
    const session = tokenSession({
      access_token: 'first',
      refresh_token: 'r1',
      expires_in: 0.2,
      onRenew: (pair) => void pairs.push(pair.refresh_token),
    })
    const { peer } = start({ http }, { session })
    await until(() => peer.of('session.renew').length === 1)
    expect(peer.of('session.renew')[0]).toMatchObject({ token: 'second' })
    expect(pairs).toEqual(['r2'])
    expect(peer.connections()).toBe(1)
  })

  test('is renewed once for many requests at a time', async () => {
    let refreshes = 0
    const http = (_: string, path: string, __: unknown, request: Request) => {
      if (path === '/auth/refresh') {
        refreshes++
        return Response.json(refreshed)
      }
      if (request.headers.get('authorization') !== 'Bearer second') return problem(401, 'unauthenticated')
      return Response.json(user)
    }
    const { client, online } = start({ http })
    await online()
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.rest('GET /users/me')))
    expect(answers).toEqual(Array(10).fill(user))
    expect(refreshes).toBe(1)
  })

  test('that the server no longer knows ends the client', async () => {
    const { client } = start({ refuseUpgrade: () => true, http: () => problem(401, 'unauthenticated') })
    await until(() => client.state.status === 'ended')
    expect(client.state.endedBecause).toBe('not_authenticated')
  })

  test('is not ended by a server that is away', async () => {
    let away = true
    const { peer, client } = start({
      refuseUpgrade: () => away,
      http: () => problem(503, 'unavailable'),
    })
    await until(() => peer.connections() > 3)
    expect(client.state.status).not.toBe('ended')
    away = false
    await until(() => client.state.status === 'online')
  })
})

describe('a request', () => {
  test('rejects with the code and the wait that the server sent', async () => {
    const { client, online } = start({
      answer: () => new Refusal({ code: 'rate_limited', retry_after_ms: 700 }),
    })
    await online()
    await expect(client.request('ping', {})).rejects.toMatchObject({
      code: 'rate_limited',
      retry_after_ms: 700,
    })
  })

  test('rejects when no reply comes in time, and when the connection breaks', async () => {
    const { peer, client, online } = start()
    await online()
    await expect(client.request('ping', {}, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'timeout' })
    const asked = client.request('ping', {})
    await until(() => peer.of('ping').length === 2)
    peer.cut()
    await expect(asked).rejects.toMatchObject({ code: 'disconnected' })
  })
})

test('typing is sent at most once in three seconds', async () => {
  const { peer, client, online } = start({ answer: ({ type }) => (type === 'ping' ? {} : undefined) })
  await online()
  for (let key = 0; key < 20; key++) client.room('general').typing()
  await client.request('ping', {})
  expect(peer.of('typing.start')).toEqual([{ type: 'typing.start', room: 'general' }])
})

test('a read mark is shown at once and only the newest is sent', async () => {
  const answer = ({ type }: Frame) => {
    if (type === 'room.subscribe') return live(3, [message(1), message(2), message(3)])
    if (type === 'read.mark') return {}
  }
  const { peer, client, general } = start({ answer, rooms: () => [room(3, { unread: 3 })] })
  await client.room('general').open()
  expect(general().unread).toBe(3)
  for (const seq of [1, 2, 3]) client.room('general').markRead(seq)
  expect(general().unread).toBe(0)
  await until(() => peer.of('read.mark').length === 2)
  expect(peer.of('read.mark').map(({ seq }) => seq)).toEqual([1, 3])
  client.room('general').markRead(2)
  expect(general().read_seq).toBe(3)
})

test('events can be read one after the other, until the client is closed', async () => {
  const answer = ({ type }: Frame) => (type === 'room.subscribe' ? live(0) : undefined)
  const { peer, client } = start({ answer })
  const heard: string[] = []
  const reading = (async () => {
    for await (const event of client.events()) heard.push(event.type)
  })()
  await client.room('general').open()
  peer.tell(created(1))
  peer.tell({ type: 'typing.changed', room: 'general', username: 'ada', typing: true })
  await until(() => heard.length === 2)
  client.close()
  await reading
  expect(heard).toEqual(['message.created', 'typing.changed'])
})
