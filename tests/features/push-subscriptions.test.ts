import { expect, test } from 'bun:test'
import { makeKey } from '../../src/crypto/keyring.ts'
import { pushRetryMs } from '../../src/protocol/limits.ts'
import { distrust } from '../../src/scope.ts'
import { cast, logIn, makeRoom, post } from '../support/cast.ts'
import { rest, waitFor } from '../support/client.ts'
import { onBothDatabases, startServer } from '../support/server.ts'
import { pushServerFor } from './push-devices.ts'

await onBothDatabases((database) => {
  const { at, api, nextName, deviceOf, texts, heard } = pushServerFor(database)

  test('a device may want mentions only; the sessions show which ones have subscribed', async () => {
    const { server, ben, cleo, service } = at()
    const [all, few] = [await logIn(server, 'cleo'), await logIn(server, 'cleo')]
    const device = await deviceOf(all)
    const quiet = { name: nextName() }
    const draft = { ...service.addDevice(quiet.name), level: 'mentions' }
    const { id } = (await api(few).post('/push/subscriptions', draft)).body
    const { items } = (await api(cleo).get('/auth/sessions')).body as { items: { push?: string[] }[] }
    expect(items.flatMap(({ push }) => push ?? []).toSorted()).toEqual([device.id, id].toSorted())
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'For all')
    await heard(device, 'For all')
    await post(server, ben, room, 'For **@cleo**')
    await heard(quiet, 'For @cleo')
    expect(texts(quiet)).toEqual(['For @cleo'])
    // The same endpoint again, with another level.
    await api(few).post('/push/subscriptions', { ...draft, level: 'all' })
    const other = await makeRoom(server, ben, [cleo])
    await post(server, ben, other, 'For all again')
    await heard(quiet, 'For all again')
    expect((await api(few).post('/push/subscriptions', { ...draft, level: 'some' })).status).toBe(422)
    for (const each of [device.id, id]) await api(cleo).delete(`/push/subscriptions/${each}`)
  })

  test('a subscription that is gone is removed, one that fails is tried again, and one that never ends holds up nobody', async () => {
    const { server, ben, cleo, service } = at()
    const room = await makeRoom(server, ben, [cleo])
    const [gone, failing, endless, well] = [
      await deviceOf(cleo),
      await deviceOf(cleo),
      await deviceOf(cleo),
      await deviceOf(cleo),
    ]
    // On one database with the pause of an operator's server: from half of it to all of it.
    const { policy } = server.tools
    const short = policy.pushRetryMs
    if (database === 'embedded') policy.pushRetryMs = pushRetryMs
    let failedAt = 0
    let failures = 1
    const slowly = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await Bun.sleep(50)
            controller.enqueue(new Uint8Array(1))
          },
        }),
      )
    service.behave((name) => {
      if (name === gone.name) return 410
      if (name === failing.name && failures-- > 0) {
        failedAt = performance.now()
        return 503
      }
      return name === endless.name ? slowly() : 201
    })
    await post(server, ben, room, '@cleo one')
    await heard(well, '@cleo one')
    await waitFor('the other try', () => texts(failing).length === 2 || undefined)
    expect(performance.now() - failedAt).toBeGreaterThan(policy.pushRetryMs / 2)
    policy.pushRetryMs = short
    const left = await server.tools.sql.query<{ id: string }>('select id from push_subscriptions')
    expect(left.some(({ id }) => id === gone.id)).toBe(false)
    expect(texts(gone)).toEqual(['@cleo one'])
    service.behave(() => 201)
    for (const { id } of [failing, endless, well]) await api(cleo).delete(`/push/subscriptions/${id}`)
  })

  test('a wrong subscription is refused with its reason; of sixty, twenty are kept', async () => {
    const { server, ben, cleo, service } = at()
    const good = service.addDevice('good')
    const offCurve = Buffer.from(good.keys.p256dh, 'base64url').fill(7, 1).toString('base64url')
    const wrong: [unknown, string][] = [
      [{ endpoint: good.endpoint }, 'required'],
      [{ ...good, keys: {} }, 'required'],
      [{ ...good, keys: { ...good.keys, auth: 'short' } }, 'push_key_wrong'],
      [{ ...good, keys: { ...good.keys, p256dh: good.keys.p256dh.slice(1) } }, 'push_key_wrong'],
      [{ ...good, keys: { ...good.keys, p256dh: offCurve } }, 'push_key_wrong'],
      [{ ...good, endpoint: 'http://push.example.org/a' }, 'ok'],
      [{ ...good, endpoint: 'http://1.1.1.1/a' }, 'url_not_https'],
      [{ ...good, endpoint: 'https://10.0.0.1/a' }, 'url_not_public'],
      [{ ...good, endpoint: 'https://[fd00::1]/a' }, 'url_not_public'],
      [{ ...good, endpoint: 'x\r\ny: z' }, 'url_broken'],
      [{ ...good, endpoint: `https://push.example.org/${'x'.repeat(2100)}` }, 'too_long'],
      [{ ...good, more: 1 }, 'unknown_field'],
      [[], 'not_an_object'],
    ]
    for (const [draft, reason] of wrong) {
      if (reason === 'ok') continue
      const { status, body } = await api(ben).post('/push/subscriptions', draft)
      expect([status, body.errors?.[0]?.reason ?? body.reason]).toEqual([422, reason])
    }
    const ids: string[] = []
    // Each a millisecond after the one before: those of the same moment are kept as it comes.
    const { clock } = server.tools
    let now = Date.now()
    server.tools.clock = () => new Date(now++)
    for (let n = 0; n < 60; n++) {
      const draft = { ...good, endpoint: `${good.endpoint}-${n}` }
      ids.push((await api(ben).post('/push/subscriptions', draft)).body.id)
    }
    server.tools.clock = clock
    const kept = await server.tools.sql.query<{ endpoint: string }>(
      'select endpoint from push_subscriptions order by created_at',
    )
    expect(kept.map(({ endpoint }) => endpoint)).toEqual(
      Array.from({ length: 20 }, (_, n) => `${good.endpoint}-${40 + n}`),
    )
    // The same endpoint again is the same subscription, also of another person on this device.
    const last = { ...good, endpoint: `${good.endpoint}-59` }
    expect((await api(cleo).post('/push/subscriptions', last)).body.id).toBe(ids.at(-1)!)
    expect((await api(ben).delete(`/push/subscriptions/${ids.at(-1)}`)).status).toBe(404)
    expect((await api(cleo).delete(`/push/subscriptions/${ids.at(-1)}`)).status).toBe(204)
    expect((await api(cleo).delete(`/push/subscriptions/${ids.at(-1)}`)).status).toBe(404)
    await server.tools.sql.query('delete from push_subscriptions')
  })
})

await onBothDatabases((database) => {
  const { at } = pushServerFor(database)

  // Nobody had subscribed when the server started, and the note of the other node was lost.
  test('a node that may have missed the first subscription asks whether there is one', async () => {
    const { server, ben, cleo, service } = at()
    const { sql } = server.tools
    const { endpoint, keys } = service.addDevice('missed')
    await sql.query(
      `insert into push_subscriptions (id, session_id, endpoint_hash, endpoint, p256dh, auth, created_at)
       select 'missed', id, 'missed', $2, $3, $4, now() from sessions where user_id = $1`,
      [cleo.id, endpoint, keys.p256dh, keys.auth],
    )
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'Nobody knows')
    distrust(server.tools)
    await waitFor('a push', async () => {
      await post(server, ben, room, '@cleo')
      return service.of('missed').length > 0 || undefined
    })
  })

  // Pushes stopped first, and what was stored in the last second called nobody.
  test('what was stored right before the server stops still calls people', async () => {
    const { server, ben, cleo, service } = at()
    const room = await makeRoom(server, ben, [cleo])
    // Nothing but the end of the server may be the reason.
    server.tools.policy.pushAfterMs = 60_000
    await post(server, ben, room, 'The last, @cleo')
    await server.restart()
    expect(service.of('missed').at(-1)).toMatchObject({ room, text: 'The last, @cleo' })
  })
})

test('the key of a community stays the same, also after its encryption keys have changed', async () => {
  const keys = [makeKey(), makeKey()]
  const server = await startServer({ database: 'postgres', settings: { ENCRYPTION_KEY: keys[0]! } })
  const { ben } = await cast(server)
  const keyNow = async () => (await rest(server, await logIn(server, 'ben')).get('/push/key')).body.key
  const { key } = (await rest(server, ben).get('/push/key')).body
  expect(Buffer.from(key, 'base64url').length).toBe(65)
  await server.restart({ ENCRYPTION_KEY: `${keys[1]},${keys[0]}` })
  expect(await keyNow()).toBe(key)
  const [row] = await server.tools.sql.query<{ value: string }>(
    `select value from settings where name = 'push_key'`,
  )
  expect(row!.value).toStartWith(`1.${keys[1]!.split(':')[0]}.`)
  await server.stop()
})
