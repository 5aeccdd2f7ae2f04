// Longer than 300 lines: one receiver and all that may go wrong with it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { cast, makeRoom, post, signUp } from '../support/cast.ts'
import { startChild } from '../support/child.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { migratedDirectory } from '../support/migrated.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { outcome } from './listener.ts'
import { startReceiver } from './receiver.ts'

const settings = { OUTGOING_ALLOW: '127.0.0.1/32' }
const toAddress = (address: string) => ({ url: address })

async function outgoingIn(
  server: { url: string },
  person: Person,
  room: string,
  receiver: ReturnType<typeof startReceiver>,
  more: object = {},
) {
  const draft = { ...toAddress(receiver.url), ...more }
  const { status, body } = await rest(server, person).post(`/rooms/${room}/webhooks/out`, draft)
  if (status !== 201) throw new Error(`No webhook was made: ${JSON.stringify(body)}`)
  receiver.trust(body.secret)
  return body
}

await onBothDatabases((database) => {
  const at = serverFor({ database, settings }, cast)
  const api = (person: { token: string }) => rest(at().server, person)
  const listed = async (person: Person, room: string) =>
    (await api(person).get(`/rooms/${room}/webhooks/out`)).body.items
  const state = (person: Person, room: string, wanted: string) =>
    waitFor(wanted, async () =>
      (await listed(person, room)).find((each: { state: string }) => each.state === wanted),
    )

  test('events arrive signed, in their order, as they are in the log, from the creation on', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben)
    await post(server, ben, room, 'before')
    const receiver = startReceiver()
    const { secret, ...made } = await outgoingIn(server, ben, room, receiver)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made).toMatchObject({ room, url: receiver.url, created_by: 'ben', state: 'working', behind: 0 })
    const texts = Array.from({ length: 60 }, (_, n) => `Number ${n}`)
    await Promise.all(texts.map((text) => post(server, ben, room, text)))
    await api(cleo).put(`/rooms/${room}/members/me`)
    await receiver.heard('member.joined cleo')
    const { items } = (await api(ben).get(`/rooms/${room}/log?since=${made.seq}&limit=100`)).body
    expect(receiver.got.map(({ event }) => event)).toEqual(items)
    expect(new Set(receiver.got.map(({ id }) => id)).size).toBe(items.length)
    expect(receiver.wrong).toEqual([])
    const { request } = receiver.got[0]!
    expect(request.headers.get('content-type')).toBe('application/json')
    const [shown] = await listed(ben, room)
    expect(shown).toMatchObject({ ...made, seq: items.at(-1).seq })
    expect(JSON.stringify(shown)).not.toContain('whsec')
    receiver.stop()
  })

  test('the filter leaves events out, and they do not count as waiting', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const receiver = startReceiver()
    await outgoingIn(server, ben, room, receiver, { events: ['message.created', 'pin.added'] })
    const seq = await post(server, ben, room, 'one')
    await api(ben).put(`/rooms/${room}/messages/${seq}/reactions/👍`)
    await api(ben).put(`/rooms/${room}/pins/${seq}`)
    await post(server, cleo, room, 'two')
    await receiver.heard('two')
    await api(ben).patch(`/rooms/${room}`, { title: 'Harbour' })
    expect(receiver.said()).toEqual(['message.created one', 'pin.added', 'message.created two'])
    await waitFor('no event waits', async () => (await listed(ben, room))[0].behind === 0 || undefined)
    receiver.stop()
  })

  test('an event is tried until it is answered with 2xx, the same one, and nothing overtakes it', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    let left = 2
    const receiver = startReceiver(({ event }) =>
      event.message.content === 'two' && left-- > 0 ? (left ? 503 : Response.redirect('/', 302)) : 204,
    )
    await outgoingIn(server, ben, room, receiver)
    for (const text of ['one', 'two', 'three']) await post(server, ben, room, text)
    const failing = await state(ben, room, 'failing')
    expect(failing.failure).toEqual({ reason: 'status', status: 503 })
    expect(Date.parse(failing.next_try_at)).toBeGreaterThan(Date.parse(failing.failing_since))
    await receiver.heard('three')
    const texts = receiver.got.map(({ event }) => event.message.content)
    expect(texts).toEqual(['one', 'two', 'two', 'two', 'three'])
    expect(new Set(receiver.got.slice(1, 4).map(({ id, event }) => `${id} ${event.seq}`)).size).toBe(1)
    expect(receiver.wrong).toEqual([])
    const working = await state(ben, room, 'working')
    expect([working.failure, working.failing_since, working.next_try_at]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    receiver.stop()
  })

  test('a text that was deleted before it could be sent is not sent', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const receiver = startReceiver(() => 500)
    await outgoingIn(server, ben, room, receiver)
    await post(server, ben, room, 'first')
    await state(ben, room, 'failing')
    const seq = await post(server, ben, room, 'a secret')
    await api(ben).delete(`/rooms/${room}/messages/${seq}`)
    receiver.behave(() => 200)
    await receiver.heard('message.deleted')
    expect(JSON.stringify(receiver.got)).not.toContain('a secret')
    expect(receiver.got.find(({ event }) => event.seq === seq)!.event.message.deleted_at).toBeString()
    receiver.stop()
  })

  test('a person who loses the right to take messages out of the room sends no more of them', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await api(ben).put(`/rooms/${room}/members/cleo`, { role: 'owner' })
    const receiver = startReceiver()
    await outgoingIn(server, cleo, room, receiver)
    await post(server, ben, room, 'heard')
    await receiver.heard('heard')
    await api(ben).put(`/rooms/${room}/members/cleo`, { role: 'moderator' })
    await post(server, ben, room, 'not for Cleo')
    await waitFor('the list says so', async () => (await listed(ben, room))[0].creator_lost_right)
    expect(receiver.said().at(-1)).toBe('message.created heard')
    // An administrator who is not in the room gets nothing of it either.
    for (const [method, path, body] of [
      ['POST', '', toAddress(receiver.url)],
      ['PATCH', `/${(await listed(ben, room))[0].id}`, toAddress(receiver.url)],
    ] as const) {
      const { status, body: refusal } = await api(ada).call(
        method,
        `/rooms/${room}/webhooks/out${path}`,
        body,
      )
      expect([status, refusal.reason]).toEqual([403, 'not_a_member'])
    }
    await api(ben).put(`/rooms/${room}/members/cleo`, { role: 'owner' })
    await api(cleo).patch(`/rooms/${room}/webhooks/out/${(await listed(ben, room))[0].id}`, { paused: false })
    await receiver.heard('not for Cleo')
    receiver.stop()
  })

  // An owner could send the events of somebody else's webhook to an address of their own, and got them after they had left, too.
  test('a webhook sends with the right of the person who gave it its address', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await api(ben).put(`/rooms/${room}/members/cleo`, { role: 'owner' })
    const [first, second] = [startReceiver(), startReceiver()]
    const { id } = await outgoingIn(server, ben, room, first)
    const path = `/rooms/${room}/webhooks/out/${id}`
    expect((await api(cleo).patch(path, { paused: false })).body.created_by).toBe('ben')
    expect((await api(cleo).patch(path, toAddress(second.url))).body.created_by).toBe('cleo')
    await post(server, ben, room, 'for Cleo')
    await second.heard('for Cleo')
    await api(ben).delete(`/rooms/${room}/members/cleo`)
    await post(server, ben, room, 'not for Cleo')
    await waitFor('the list says so', async () => (await listed(ben, room))[0].creator_lost_right)
    expect((await api(ben).patch(path, toAddress(first.url))).body.created_by).toBe('ben')
    await first.heard('not for Cleo')
    expect(second.said().at(-1)).not.toContain('not for Cleo')
    for (const receiver of [first, second]) receiver.stop()
  })

  // The response was read to its end, so an event that had been taken was sent again after ten seconds, without end.
  test('an event has been taken when the status says so, whatever follows it', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const endless = () =>
      new Response(new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('ok')) }))
    const receiver = startReceiver(endless)
    await outgoingIn(server, ben, room, receiver)
    for (const text of ['one', 'two']) await post(server, ben, room, text)
    await receiver.heard('two')
    expect(receiver.said()).toEqual(['message.created one', 'message.created two'])
    await waitFor('both are delivered', async () => (await listed(ben, room))[0].behind === 0)
    receiver.stop()
  })

  test('an address that fails for three days, or answers 410, is paused; that is recorded, and its webhook goes on where it stopped', async () => {
    const { server, ada, ben } = at()
    const room = await makeRoom(server, ben)
    const receiver = startReceiver(() => 410)
    const { id } = await outgoingIn(server, ben, room, receiver)
    await post(server, ben, room, 'one')
    expect((await state(ben, room, 'paused')).paused_for).toBe('gone')
    // Seen before: the list of the room said so, and the audit log did not yet. Now one transaction has written both.
    const [together] = await server.tools.sql.query<{ same: boolean }>(
      `select (select xmin::text from outgoing_webhooks where id = $1)
            = (select xmin::text from audit order by id desc limit 1) as same`,
      [id],
    )
    expect(together).toEqual({ same: true })
    receiver.behave(() => 500)
    const path = `/rooms/${room}/webhooks/out/${id}`
    expect((await api(ben).patch(path, { paused: false })).body.state).toBe('working')
    await state(ben, room, 'failing')
    await server.tools.sql.query(
      `update outgoing_webhooks set failing_since = now() - interval '73 hours', next_try_at = null where id = $1`,
      [id],
    )
    expect((await state(ben, room, 'paused')).paused_for).toBe('failing')
    const { items } = (await api(ada).get('/audit')).body
    const paused = items.filter(({ action }: { action: string }) => action === 'outgoing.paused')
    expect(paused.map(({ detail }: { detail: { reason: string } }) => detail.reason)).toEqual([
      'failing',
      'gone',
    ])
    expect(JSON.stringify(items)).not.toContain('key=of-the-address')
    await post(server, ben, room, 'two')
    receiver.behave(() => 200)
    const before = receiver.got.length
    expect((await api(ben).patch(path, { paused: true })).body.paused_for).toBe('failing')
    await api(ben).patch(path, { paused: false })
    await receiver.heard('two')
    expect(receiver.said().slice(before)).toEqual(['message.created one', 'message.created two'])
    receiver.stop()
  })

  /** Seen before: a webhook that was paused while it sent was forgotten, and sent a second time when it was resumed. */
  test('a webhook that is paused and resumed while it sends does not send the same event twice', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const held = Promise.withResolvers<void>()
    let [isOpen, isTwice] = [false, false]
    const receiver = startReceiver(async ({ event, request }) => {
      if (event.message?.content !== 'slow') return 200
      isTwice ||= isOpen
      isOpen = true
      // On a slow machine the time for one send may end in here. Then it is over, and another one is right.
      request.signal.addEventListener('abort', () => {
        isOpen = false
      })
      await held.promise
      return 200
    })
    const { id } = await outgoingIn(server, ben, room, receiver)
    const path = `/rooms/${room}/webhooks/out/${id}`
    await post(server, ben, room, 'slow')
    await receiver.heard('slow')
    for (const paused of [true, false]) {
      await api(ben).patch(path, { paused })
      // The node has read which webhooks there are: it knows of another one.
      const other = startReceiver()
      await outgoingIn(server, ben, room, other)
      await post(server, ben, room, `for another, ${paused}`)
      await other.heard(`for another, ${paused}`)
      other.stop()
    }
    held.resolve()
    await receiver.heard('for another, false')
    expect(isTwice).toBe(false)
    expect([...new Set(receiver.said())]).toEqual([
      'message.created slow',
      'message.created for another, true',
      'message.created for another, false',
    ])
    receiver.stop()
  })

  test('a wrong address is refused with its reason, and too many are', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    const path = `/rooms/${room}/webhooks/out`
    const reasonOf = async (draft: object, person = ben) => {
      const { status, body } = await api(person).post(path, draft)
      return `${status} ${body.errors?.[0]?.reason ?? body.reason}`
    }
    for (const [url, reason] of [
      ['http://hooks.example.org/', 'ok'],
      ['https://10.0.0.1/', '422 url_not_public'],
      ['https://[::ffff:10.0.0.1]/', '422 url_not_public'],
      ['https://0xa9fea9fe/latest/meta-data', '422 url_not_public'],
      ['http://1.1.1.1/', '422 url_not_https'],
      ['https://1.1.1.1:25/', '422 url_port'],
      ['https://ben:secret@hooks.example.org/', '422 url_has_password'],
      ['gopher://hooks.example.org/', '422 url_broken'],
      ['nonsense', '422 url_broken'],
      [`https://hooks.example.org/${'x'.repeat(2100)}`, '422 too_long'],
    ] as const)
      if (reason !== 'ok') expect([url, await reasonOf({ url })]).toEqual([url, reason])
    for (const draft of [{}, { url: 7 }, { url: 'https://a.example/', events: [] }])
      expect(await reasonOf(draft)).toStartWith('422 ')
    expect(await reasonOf({ url: 'https://a.example/', events: ['typing.changed'] })).toStartWith('422 ')
    expect(await reasonOf({ url: 'https://a.example/', secret: 'mine' })).toBe('422 unknown_field')
    expect(await reasonOf({ url: 'https://a.example/' }, cleo)).toBe('403 owners_only')
    expect(await reasonOf({ url: 'https://a.example/' }, dan)).toBe('403 not_a_member')
    for (let made = 0; made < 20; made++)
      expect(await outcome(api(ben).post(path, { url: 'https://hooks.invalid/' }))).toBe('ok')
    expect(await reasonOf({ url: 'https://hooks.invalid/' })).toBe('409 too_many_outgoing_webhooks')
    const [{ id }] = await listed(ben, room)
    expect(await outcome(api(cleo).delete(`${path}/${id}`))).toBe('forbidden')
    expect(await outcome(api(ben).delete(`${path}/${id}`))).toBe('ok')
    expect(await outcome(api(ben).delete(`${path}/${id}`))).toBe('not_found')
    expect(await outcome(api(ben).patch(`${path}/${id}`, { paused: true }))).toBe('not_found')
    expect(await outcome(api(ben).patch(`${path}/${id}`, {}))).toBe('invalid')
    await api(ben).delete(`/rooms/${room}`)
  })

  test('a slow address keeps nobody else waiting, and the end of the room ends it', async () => {
    const { server, ben } = at()
    const [slowly, quickly] = [await makeRoom(server, ben), await makeRoom(server, ben)]
    const held = Promise.withResolvers<number>()
    const slow = startReceiver(() => held.promise)
    const quick = startReceiver()
    await outgoingIn(server, ben, slowly, slow)
    await outgoingIn(server, ben, quickly, quick)
    await post(server, ben, slowly, 'one')
    await post(server, ben, slowly, 'two')
    await waitFor('the slow one has it', async () => slow.got.length === 1 || undefined)
    await post(server, ben, quickly, 'at once')
    await quick.heard('at once')
    await api(ben).delete(`/rooms/${slowly}`)
    held.resolve(200)
    await post(server, ben, quickly, 'afterwards')
    await quick.heard('afterwards')
    expect(slow.said()).toEqual(['message.created one'])
    slow.stop()
    quick.stop()
  })
})

test('after a restart with another encryption key, the signatures are still right', async () => {
  const keys = [makeKey(), makeKey()]
  const server = await startServer({
    database: 'postgres',
    settings: { ...settings, ENCRYPTION_KEY: keys[0]! },
  })
  const { ben } = await cast(server)
  const room = await makeRoom(server, ben)
  const receiver = startReceiver()
  await outgoingIn(server, ben, room, receiver)
  await server.restart({ ENCRYPTION_KEY: `${keys[1]},${keys[0]}` })
  const [row] = await server.tools.sql.query<{ sealed: string }>('select sealed from outgoing_webhooks')
  expect(row!.sealed).toStartWith(`1.${keys[1]!.split(':')[0]}.`)
  expect(row!.sealed).not.toContain('127.0.0.1')
  await post(server, ben, room, 'still here')
  await receiver.heard('still here')
  expect(receiver.wrong).toEqual([])
  await server.stop()
  receiver.stop()
})

/** The receiver has the event, and the server does not know it yet. */
test('a server that is killed between sending and remembering sends the event again, and loses none', async () => {
  const directory = await migratedDirectory()
  const env = {
    ...{ DATA_DIR: directory, RATE_LIMITS: 'off', ...settings },
    ...{ SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey() },
  }
  let child = await startChild({ env })
  const ben = await signUp(child, 'ben')
  const room = await makeRoom(child, ben)
  const receiver = startReceiver()
  await outgoingIn(child, ben, room, receiver)
  const seqs: number[] = []
  for (const victim of [2, 5, 6]) {
    const killed = child
    receiver.behave(({ event }) => {
      if (event.message?.content !== String(victim)) return 200
      receiver.behave(() => 200)
      killed.signal('SIGKILL')
      return killed.exited.then(() => 200)
    })
    while (seqs.length < victim) seqs.push(await post(child, ben, room, String(seqs.length + 1)))
    await killed.exited
    child = await startChild({ env })
  }
  seqs.push(await post(child, ben, room, 'the end'))
  await receiver.heard('the end')
  const times = (seq: number) => receiver.got.filter(({ event }) => event.seq === seq).length
  expect(seqs.map(times)).toEqual([1, 2, 1, 1, 2, 2, 1])
  // A double has the id of the first, and nothing is out of order but for it.
  expect(new Set(receiver.got.map(({ id }) => id)).size).toBe(seqs.length)
  expect(receiver.seqs()).toEqual(receiver.seqs().toSorted((a, b) => a - b))
  expect(receiver.wrong).toEqual([])
  child.signal('SIGTERM')
  await child.exited
  receiver.stop()
  rmSync(directory, { recursive: true, force: true })
})

describe.skipIf(!(await postgresForTests()))('of several nodes', () => {
  let nodes: Nodes
  const linked = linkedBuses(2)
  beforeAll(async () => {
    nodes = await startNodes(linked.buses, settings)
  })
  afterAll(async () => nodes?.stop())

  test('one node delivers what all of them write, once and in order, also when they do not hear each other', async () => {
    const [one, two] = nodes.servers as [Nodes['servers'][0], Nodes['servers'][0]]
    const ben = await signUp(one, 'ben')
    const room = await makeRoom(one, ben)
    const receiver = startReceiver()
    await outgoingIn(two, ben, room, receiver)
    for (let n = 0; n < 10; n++) await post(n % 2 ? one : two, ben, room, `connected ${n}`)
    await receiver.heard('connected 9')
    const seqs = receiver.seqs()
    expect(seqs).toEqual(Array.from({ length: 10 }, (_, n) => seqs[0]! + n))
    linked.cut()
    await Promise.all(Array.from({ length: 10 }, (_, n) => post(n % 2 ? one : two, ben, room, `cut ${n}`)))
    linked.mend()
    await post(one, ben, room, 'the end')
    await receiver.heard('the end')
    expect(receiver.seqs()).toEqual(Array.from({ length: 21 }, (_, n) => seqs[0]! + n))
    // The one that delivers stops, and the other one goes on.
    const leader = one.tools.bus.node < two.tools.bus.node ? one : two
    const other = leader === one ? two : one
    await leader.stop()
    await post(other, ben, room, 'after it')
    await receiver.heard('after it')
    expect(receiver.seqs()).toEqual(Array.from({ length: 22 }, (_, n) => seqs[0]! + n))
    expect(receiver.wrong).toEqual([])
    receiver.stop()
  })
})
