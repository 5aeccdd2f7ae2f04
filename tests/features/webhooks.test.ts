import { expect, test } from 'bun:test'
import { createLog } from '../../src/log.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { download, upload } from '../support/files.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { listener, logOf, outcome } from './listener.ts'
import { form, type Hook, hookIn, key, post } from './webhooks.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person: { token: string }) => rest(at().server, person)

  async function furnish(members: Person[] = [], draft = {}) {
    const { server, ben } = at()
    const room = await makeRoom(server, ben, members, draft)
    return { room, hook: await hookIn(server, ben, room) }
  }

  test('a post becomes a message in the room, live and in the log, under the name of the webhook', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const cleos = await listener(server, cleo, room)
    const hook = await hookIn(server, ben, room)
    expect(hook.url).toMatch(new RegExp(`^${server.url}/hooks/parley_hook_[\\w-]{43}$`))
    const answer = await post(hook, { text: 'Build <https://ci.example/7|7> &amp; 8' })
    expect(answer).toEqual({ status: 200, type: 'text/plain; charset=utf-8', body: 'ok' as never })
    const said = 'Build [7](https://ci.example/7) & 8'
    const events = [`member.joined ${hook.username} member`, `message.created ${said}`]
    expect(await cleos.newEvents()).toEqual(events)
    expect((await logOf(server, ben, room)).slice(-2)).toEqual(events)
    const author = { username: hook.username, display_name: 'Builds' }
    expect(cleos.heard('message.created')[0]!.message).toMatchObject({ author, content: said })
    expect((await api(cleo).get(`/users/${hook.username}`)).body.bot).toBe(true)
    await cleos.close()
  })

  test('a webhook uploads files and sends them, with a text or without, and a bot does', async () => {
    const { server, ada, ben, cleo } = at()
    const { room, hook } = await furnish([cleo])
    const uploaded = async (text: string, query = '') => {
      const response = await fetch(`${hook.url}/files${query}`, {
        method: 'POST',
        headers: { 'x-file-name': 'report.txt' },
        body: text,
      })
      return { status: response.status, body: await response.json() }
    }
    const { status, body: file } = await uploaded('All green', '?client_id=once')
    expect([status, file]).toEqual([
      201,
      { id: expect.any(String), name: 'report.txt', type: 'text/plain', bytes: 9 },
    ])
    expect((await uploaded('All green', '?client_id=once')).body.id).toBe(file.id)
    expect((await post(hook, { text: 'The report', files: [file.id] })).body).toBe('ok' as never)
    const { body: bare } = await uploaded('Only a file')
    expect((await post(hook, { files: [bare.id] })).body).toBe('ok' as never)
    const { items } = (await api(cleo).get(`/rooms/${room}/messages`)).body
    expect(items.map(({ content, files }: { content: string; files: object }) => [content, files])).toEqual([
      ['The report', [file]],
      ['', [bare]],
    ])
    expect(await (await download(server, cleo, file.id)).text()).toBe('All green')
    // A file is sent once, and by who has uploaded it. What other programs call `files` is nothing of ours.
    expect((await post(hook, { files: [file.id] })).body).toMatchObject({ reason: 'attachment_used' })
    const { body: hers } = await upload(server, cleo, room, 'hers')
    expect((await post(hook, { files: [hers.id] })).body).toMatchObject({ reason: 'attachment_not_found' })
    expect((await post(hook, { text: 'Slack', files: [{ id: 'F1' }] })).body).toBe('ok' as never)
    const nowhere = await fetch(`${server.url}/hooks/parley_hook_none/files`, { method: 'POST', body: 'x' })
    expect([nowhere.status, (await nowhere.json()).reason]).toEqual([404, 'webhook_not_found'])
    await api(ben).delete(`/rooms/${room}/webhooks/${hook.id}`)
    expect((await uploaded('Too late')).status).toBe(410)

    const name = `robot-${crypto.randomUUID().slice(0, 8)}`
    await api(ada).post('/bots', { username: name })
    const { body: made } = await api(ada).post(`/bots/${name}/tokens`, {
      name: 'A script',
      scopes: ['write'],
    })
    await api(ben).put(`/rooms/${room}/members/${name}`)
    const { body: its } = await upload(server, made, room, 'By a program')
    const sent = await api(made).post(`/rooms/${room}/messages`, { content: '', files: [its.id] })
    expect(sent.body.files).toEqual([its])
  })

  test('a webhook accepts JSON and a form, under any declared type, and ignores the other fields of Slack', async () => {
    const { server, ben } = at()
    const { room, hook } = await furnish()
    const more = {
      channel: '#else',
      username: 'x',
      icon_emoji: ':x:',
      mrkdwn: true,
      unfurl_links: false,
      thread_ts: '1',
    }
    const json = JSON.stringify({ text: 'json', ...more })
    const types = [
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/x-www-form-urlencoded',
    ]
    for (const type of types)
      expect((await post(hook, json, { 'content-type': type })).body).toBe('ok' as never)
    for (const type of ['application/x-www-form-urlencoded', 'application/json']) {
      const sent = await post(hook, form({ text: 'a form & more + 1' }), { 'content-type': type })
      expect(sent.body).toBe('ok' as never)
    }
    expect((await post(hook, { attachments: [{ fallback: 'an attachment' }] })).body).toBe('ok' as never)
    const said = (await logOf(server, ben, room)).filter((line) => line.startsWith('message')).slice(-7)
    const texts = [...Array(4).fill('json'), ...Array(2).fill('a form & more + 1'), 'an attachment']
    expect(said).toEqual(texts.map((text) => `message.created ${text}`))
  })

  test('an invalid post is refused with a reason, and posts nothing', async () => {
    const { server, ben } = at()
    const { room, hook } = await furnish()
    const before = await logOf(server, ben, room)
    const bad: [string | object, number][] = [
      ['', 400],
      ['{', 400],
      ['payload=hello', 400],
      ['payload=null', 422],
      ['payload=[]', 422],
      [{}, 422],
      [{ text: 7 }, 422],
      [{ text: '' }, 422],
      [{ text: ' \n ' }, 422],
      [{ blocks: 'x' }, 422],
      [{ text: 'a\u0000b' }, 422],
      [{ text: '\ud800' }, 422],
      ['{"text":"\\ud800"}', 422],
      [{ text: 'x'.repeat(70_000) }, 413],
    ]
    for (const [body, status] of bad) {
      const answer = await post(hook, body)
      const shown = JSON.stringify(body).slice(0, 40)
      expect([shown, answer.status, answer.type]).toEqual([shown, status, 'application/problem+json'])
      expect(JSON.stringify(answer.body)).not.toContain('xxxx')
    }
    expect(await logOf(server, ben, room)).toEqual(before)
    expect((await post(hook, { text: '&lt;'.repeat(8000) })).body).toBe('ok' as never)
  })

  test('with an Idempotency-Key, a hundred parallel tries create one message, and tries after a restart no other', async () => {
    const server = await startServer({ database })
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    const hook = await hookIn(server, ben, room)
    const path = new URL(hook.url).pathname
    const bens = await listener(server, ben, room)
    const tries = Array.from({ length: 100 }, (_, n) => {
      const which = `build ${n % 5}`
      const body = n % 2 ? { text: which } : form({ text: which })
      return post(hook, body, key(which.replace(' ', '-')))
    })
    expect(new Set((await Promise.all(tries)).map(({ status }) => status))).toEqual(new Set([200]))
    const said = Array.from({ length: 5 }, (_, n) => `message.created build ${n}`)
    expect((await bens.newEvents()).sort()).toEqual(said)
    const other = await post(hook, { text: 'something else' }, key('build-1'))
    expect([other.status, other.body.code]).toEqual([409, 'conflict'])
    for (const wrong of ['x'.repeat(65), 'a b', 'ä']) {
      expect((await post(hook, { text: 'x' }, key(wrong))).status).toBe(422)
    }
    await server.restart()
    const again = { url: server.url + path }
    expect((await post(again, { text: 'build 3' }, key('build-3'))).status).toBe(200)
    const stored = (await logOf(server, ben, room)).filter((line) => line.startsWith('message'))
    expect(stored.sort()).toEqual(said)
    await server.stop()
  })

  test('moderators create, list and remove webhooks, and see the address once', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo], { access: 'closed' })
    const path = `/rooms/${room}/webhooks`
    for (const [person, code] of [
      [cleo, 'forbidden'],
      [dan, 'not_found'],
    ] as const) {
      expect(await outcome(api(person).post(path, { name: 'x' }))).toBe(code)
      expect(await outcome(api(person).get(path))).toBe(code)
      expect(await outcome(api(person).delete(`${path}/x`))).toBe(code)
    }
    const { url: _, ...shown } = await hookIn(server, ada, room)
    expect((await api(ben).get(path)).body).toEqual({ items: [shown] })
    expect(shown).toMatchObject({ room, name: 'Builds', created_by: 'ada' })
    for (const draft of [{}, { name: '' }, { name: 'x'.repeat(65) }, { name: 'x', url: 'y' }]) {
      expect(await outcome(api(ben).post(path, draft))).toBe('invalid')
    }
    const elsewhere = await makeRoom(server, ben)
    expect(await outcome(api(ben).delete(`/rooms/${elsewhere}/webhooks/${shown.id}`))).toBe('not_found')
    expect(await outcome(api(ben).delete(`${path}/${shown.id}`))).toBe('ok')
    expect(await outcome(api(ben).delete(`${path}/${shown.id}`))).toBe('not_found')
    expect((await api(ben).get(path)).body).toEqual({ items: [] })
    const { items } = (await api(ada).get('/audit')).body
    expect(items.find(({ action }: { action: string }) => action === 'webhook.made')).toMatchObject({
      ...{ actor: 'ada', subject: shown.username, room },
    })
  })

  test('the secret of a webhook opens nothing else, and its bot cannot log in', async () => {
    const { server, ada } = at()
    const { hook } = await furnish()
    const token = hook.url.split('/').at(-1)!
    expect(await outcome(rest(server, { token }).get('/users/me'))).toBe('unauthenticated')
    const logIn = rest(server).post('/auth/login', { username: hook.username, password: token })
    expect(await outcome(logIn)).toBe('unauthenticated')
    expect((await api(ada).get('/bots')).body.items.map(({ username }: Hook) => username)).not.toContain(
      hook.username,
    )
  })

  test('a webhook has the rate limit of any user', async () => {
    const server = await startServer({ database, settings: { RATE_LIMITS: 'on' } })
    const { ben } = await cast(server)
    const hook = await hookIn(server, ben, await makeRoom(server, ben))
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => post(hook, { text: `${n}` })))
    const slowed = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThan(70)
    expect(slowed.length).toBeGreaterThan(20)
    expect(slowed[0]!.body).toMatchObject({ code: 'rate_limited', retry_after_ms: expect.any(Number) })
    const strangers = await Promise.all(
      Array.from({ length: 300 }, () => post({ url: `${server.url}/hooks/guess` }, { text: 'x' })),
    )
    expect(strangers.filter(({ status }) => status === 429).length).toBeGreaterThan(100)
    await server.stop()
  })

  test('PUBLIC_URL is the beginning of its address', async () => {
    const server = await startServer({ database, settings: { PUBLIC_URL: 'https://chat.example' } })
    const local = { url: `http://127.0.0.1:${server.port}`, setupCode: server.setupCode, tools: server.tools }
    const { ben } = await cast(local as never)
    const hook = await hookIn(local, ben, await makeRoom(local, ben))
    expect(hook.url).toStartWith('https://chat.example/hooks/parley_hook_')
    await server.stop()
  })

  test('neither log nor metrics nor database holds the secret', async () => {
    let written = ''
    const log = createLog({ level: 'debug', destination: { write: (line) => (written += line) } })
    const server = await startServer({ database, log })
    const { ben } = await cast(server)
    const hook = await hookIn(server, ben, await makeRoom(server, ben))
    const secret = hook.url.split('/').at(-1)!
    await post(hook, { text: 'canary-of-the-text' })
    await post(hook, '{')
    await post({ url: `${hook.url}?x=${secret}` }, {})
    await post({ url: `${server.url}/hooks/a-wrong-one` }, { text: 'x' })
    await post({ url: `${server.url}/hook/${secret}` }, { text: 'x' })
    await fetch(hook.url)
    server.tools.log.error('something broke', { url: hook.url, error: new Error(`at ${hook.url}`) })
    const { body: metrics } = await rest(server).get('/metrics')
    const rows = await server.tools.sql.query('select * from webhooks')
    await server.stop()
    expect(written).toContain('"path":"/hooks/[redacted]"')
    expect(metrics).toContain('route="/hooks/:secret"')
    for (const text of [written, metrics, JSON.stringify(rows)]) {
      expect(text.length).toBeGreaterThan(100)
      for (const canary of [secret, secret.slice(12), 'a-wrong-one', 'canary-of-the-text'])
        expect(text).not.toContain(canary)
    }
  })
})
