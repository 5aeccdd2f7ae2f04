// Longer than 300 lines: each kind of mail, with what must not be in it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { kinds } from '../../src/features/mail/compose.ts'
import { sender } from '../../src/features/mail/queue.ts'
import { cast, logIn, signUp } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { type Mailbox, mailSettings, startMailbox, tokenOf } from '../support/mailbox.ts'
import { onBothDatabases, serverFor, startServer, type TestServer } from '../support/server.ts'

const fresh = 'and again at half past ten'
let box: Mailbox
beforeAll(async () => {
  box = await startMailbox()
})
afterAll(async () => box.stop())

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    await server.restart(mailSettings(box))
    // PUBLIC_URL leads elsewhere.
    const local = { url: `http://127.0.0.1:${server.port}`, setupCode: server.setupCode }
    return { ...(await cast(local as TestServer)), local }
  })
  let people = 0
  const newcomer = () => signUp(at().local, `eve-${database}-${++people}`)
  const as = (person: Person) => rest(at().local, person)
  const forgot = (email: string, language = 'en') =>
    rest(at().local, undefined, { 'accept-language': language }).post('/auth/forgot', { email })
  const queued = async () => (await at().server.tools.sql.query('select * from mails')).length
  const allSent = () => waitFor('an empty queue', async () => (await queued()) === 0)
  const confirm = (token: string) => rest(at().local).post('/auth/confirm', { token })
  /** Signed up, with a confirmed address, and no earlier mail. */
  const confirmed = async () => {
    const eve = await newcomer()
    const [mail] = await box.to(eve.email)
    expect((await confirm(tokenOf(mail!))).status).toBe(204)
    return eve
  }

  test('a new account confirms its address once, and only while it has it', async () => {
    const eve = await newcomer()
    expect((await as(eve).get('/users/me')).body.email_confirmed).toBeUndefined()
    const [mail] = await box.to(eve.email)
    expect(mail!.subject).toBe('Confirm your email address for chat.example.org')
    const token = tokenOf(mail!)
    expect(JSON.stringify(await at().server.tools.sql.query('select * from one_time_links'))).not.toContain(
      token,
    )
    expect((await confirm(token)).status).toBe(204)
    expect((await confirm(token)).body.reason).toBe('link_invalid')
    expect((await as(eve).get('/users/me')).body.email_confirmed).toBe(true)

    const next = `next-${eve.email}`
    await as(eve).patch('/users/me', { email: next, current_password: eve.password })
    expect((await as(eve).get('/users/me')).body.email_confirmed).toBeUndefined()
    const [second] = await box.to(next)
    await as(eve).patch('/users/me', { email: `third-${eve.email}`, current_password: eve.password })
    expect((await confirm(tokenOf(second!))).body.reason).toBe('link_invalid')
    // Another mail, if the first was lost; nothing for a confirmed address.
    expect((await as(eve).post('/users/me/confirmation')).status).toBe(202)
    const mails = await box.to(`third-${eve.email}`)
    expect((await confirm(tokenOf(mails.at(-1)!))).status).toBe(204)
    await allSent()
    const before = box.received.length
    expect((await as(eve).post('/users/me/confirmation')).status).toBe(202)
    expect(await queued()).toBe(0)
    expect(box.received.length).toBe(before)
  })

  test('a forgotten password comes back by mail, once, and ends every session', async () => {
    const eve = await newcomer()
    await box.to(eve.email)
    expect((await forgot(eve.email)).status).toBe(202)
    const [, mail] = await box.to(eve.email, 2)
    expect(mail!.subject).toBe('A new password for chat.example.org')
    expect(mail!.recipients).toEqual([eve.email])
    const token = tokenOf(mail!)
    // The link of a mail only sets a password: somebody who reads mails of others does not get a quiet session.
    expect((await rest(at().local).post('/auth/link', { token })).body.reason).toBe('link_invalid')
    const reset = () => rest(at().local).post('/auth/reset', { token, password: fresh })
    expect((await reset()).status).toBe(204)
    expect((await reset()).body.reason).toBe('link_invalid')
    expect((await as(eve).get('/users/me')).status).toBe(401)
    const { body } = await rest(at().local).post('/auth/login', { username: eve.username, password: fresh })
    // Who has the link has read the mail.
    expect(body.user.email_confirmed).toBe(true)
  })

  test('a forgotten password does not come to an address that was changed meanwhile', async () => {
    const eve = await newcomer()
    await box.to(eve.email)
    await forgot(eve.email)
    const [, mail] = await box.to(eve.email, 2)
    const { tools } = at().server
    const { transaction } = tools.sql
    const other = `other-${eve.email}`
    const change = () => tools.sql.query('update users set email = $2 where id = $1', [eve.id, other])
    tools.sql.transaction = async (work) => {
      tools.sql.transaction = transaction
      await change()
      return transaction(work)
    }
    const row = { address: eve.email, language: 'en', userId: null, detail: null }
    expect(await kinds.reset!.compose(tools, tools.policy.mail!, row as never)).toBeUndefined()
    const reset = await rest(at().local).post('/auth/reset', { token: tokenOf(mail!), password: fresh })
    expect(reset.body.reason).toBe('link_invalid')
  })

  test('an address that nobody has gets no mail, and neither does somebody who is banned', async () => {
    const eve = await newcomer()
    await box.to(eve.email)
    await rest(at().local, at().ada).put(`/users/${eve.username}/ban`, {})
    for (const email of [eve.email, `nobody-${database}@example.org`]) await forgot(email)
    await allSent()
    expect(box.received.filter(({ recipients }) => recipients[0] === eve.email)).toHaveLength(1)
    expect(box.received.some(({ recipients }) => recipients[0]!.startsWith('nobody'))).toBe(false)
  })

  test('the request does the same work for every address: it stores one row and asks for nobody', async () => {
    // The mail of a test before this one asks for its account when it is sent.
    await allSent()
    const { sql } = at().server.tools
    type Run = (...args: unknown[]) => unknown
    const client = (sql.db as unknown as { $client: Record<'unsafe' | 'query', Run | undefined> }).$client
    const asked: [string, unknown[]][] = []
    const watching = (run: Run) => (text: unknown, params: unknown, more: unknown) => {
      if (Array.isArray(params)) asked.push([String(text), params.flat()])
      return run(text, params, more)
    }
    const before = { query: sql.query, unsafe: client.unsafe, clientQuery: client.query }
    sql.query = watching(sql.query as Run) as never
    if (client.unsafe) client.unsafe = watching(client.unsafe.bind(client))
    if (client.query) client.query = watching(client.query.bind(client))
    const work = async (email: string) => {
      // Not to be sent meanwhile, which asks for the account.
      const { wake } = sender(at().server.tools)
      sender(at().server.tools).wake = () => {}
      asked.length = 0
      await forgot(email)
      sender(at().server.tools).wake = wake
      return asked.filter(([, params]) => params.includes(email)).map(([text]) => text)
    }
    const known = await work('cleo@example.org')
    expect(known).toHaveLength(1)
    expect(known[0]).toStartWith('insert into mails')
    expect(await work(`who-${database}@example.org`)).toEqual(known)
    Object.assign(sql, { query: before.query })
    Object.assign(client, { unsafe: before.unsafe, query: before.clientQuery })
    sender(at().server.tools).wake()
    await allSent()
  })

  test('a sign-in on a new device is reported to a confirmed address, in the language of its person', async () => {
    const eve = await confirmed()
    const agent = 'Mozilla/5.0 (X11) <b>Firefox</b>\r\n /140 https://evil.example'.replace('\r\n', '')
    const login = (headers: Record<string, string>) =>
      rest(at().local, undefined, headers).post('/auth/login', {
        username: eve.username,
        password: eve.password,
      })
    // The request may be a thief's: the mail is in the language that the person used.
    const first = await login({ 'user-agent': agent, 'accept-language': 'de' })
    const [, mail] = await box.to(eve.email, 2)
    expect(mail!.subject).toBe('New sign-in to your account at chat.example.org')
    expect(mail!.text).toContain(`Device: Mozilla/5.0 (X11) <b>Firefox</b>`)
    expect(mail!.text).not.toContain('evil.example')
    expect(mail!.html).toContain('&#60;b&#62;Firefox')
    const device = first.headers.get('x-device')!
    await login({ 'x-device': device })
    await allSent()
    expect(await box.to(eve.email)).toHaveLength(2)

    // RFC 8058: one POST from anywhere, without a session, and nothing by a GET.
    expect(mail!.header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const url = /^<(https:.*)>$/.exec(mail!.header('list-unsubscribe')!)![1]!
    expect(url).toStartWith('https://chat.example.org/mail/unsubscribe/')
    const path = new URL(url).pathname
    const asked = await rest(at().local).get(path)
    expect([asked.status, asked.headers.get('location')]).toEqual([
      303,
      `/#unsubscribe=${path.split('/').at(-1)}`,
    ])
    const wanted = async () => (await as(eve).get('/users/me/mail')).body
    expect(await wanted()).toEqual({ new_device: true, missed: false })
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://mail.example' }
    for (let n = 0; n < 2; n++) {
      const { status } = await rest(at().local, undefined, form).post(path, 'List-Unsubscribe=One-Click')
      expect(status).toBe(204)
    }
    expect(await wanted()).toEqual({ new_device: false, missed: false })
    expect((await rest(at().local).post(`${path}x`)).body.reason).toBe('nothing_here')
    await login({ 'user-agent': 'Another' })
    await allSent()
    expect(await box.to(eve.email)).toHaveLength(2)
    expect((await as(eve).patch('/users/me/mail', { new_device: true })).body).toEqual({
      new_device: true,
      missed: false,
    })
  })

  test('an address that nobody has confirmed hears of no device', async () => {
    const eve = await newcomer()
    await box.to(eve.email)
    await logIn(at().local, eve.username)
    expect(await queued()).toBe(0)
  })

  test.each([
    ['de-AT, en;q=0.5', 'de', 'Ein neues Passwort für chat.example.org'],
    ['fr, zh-Hans;q=0.8, en;q=0.2', 'zh', 'chat.example.org 的新密码'],
    ['ar', 'ar', 'كلمة مرور جديدة في chat.example.org'],
    ['fr', 'en', 'A new password for chat.example.org'],
    ['__proto__, constructor;q=2, de;q=0', 'en', 'A new password for chat.example.org'],
  ])('a mail that is asked for in %s is written in %s', async (header, language, subject) => {
    const eve = await newcomer()
    await box.to(eve.email)
    await at().server.tools.sql.query('delete from mail_settings where user_id = $1', [eve.id])
    await forgot(eve.email, header)
    const [, mail] = await box.to(eve.email, 2)
    expect([mail!.subject, mail!.header('content-language')]).toEqual([subject, language])
    expect(mail!.html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`)
    expect(tokenOf(mail!)).toMatch(/^[\w-]{43}$/)
    expect(mail!.html).toContain(tokenOf(mail!))
    // Nothing is loaded, and nobody answers.
    expect(mail!.html).not.toMatch(/<(img|link|script|style)|url\(/)
    expect(mail!.header('auto-submitted')).toBe('auto-generated')
    expect(mail!.messageId).toMatch(/^<[\w-]+@example\.org>$/)
    expect(mail!.from).toMatchObject({ name: 'Parley', address: 'parley@example.org' })
  })

  test('asking again and again fills nobody’s mailbox', async () => {
    const { sql } = at().server.tools
    await sql.query(
      "insert into mails (id, kind, once, language, due_at) values ('held', 'none', 'held', 'en', now() + interval '1 hour')",
    )
    const email = `many-${database}@example.org`
    await sql.query(
      "insert into mails (id, kind, address, once, language, due_at) values ('waits', 'reset', $1, $2, 'en', now() + interval '1 hour')",
      [email, `reset ${email}`],
    )
    const replies = await Promise.all(Array.from({ length: 20 }, () => forgot(email)))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]))
    expect(await queued()).toBe(2)
    await sql.query('delete from mails')
  })

  test('a stored address with a line break or a second recipient is no address', async () => {
    const { sql } = at().server.tools
    const eve = await newcomer()
    await box.to(eve.email)
    const before = box.attempts.mails
    for (const [n, address] of [
      'eve@example.org\r\nBcc: all@example.org',
      'eve@example.org,all@example.org',
      'Eve <eve@example.org>',
      '<all@example.org>eve@example.org',
    ].entries()) {
      await sql.query('update users set email = $1, email_confirmed_at = now() where id = $2', [
        address,
        eve.id,
      ])
      await sql.query(
        `insert into mails (id, kind, user_id, once, language, detail) values ($1, 'device', $2, $1, 'en', '{"at":"","device":""}')`,
        [`bad ${n}`, eve.id],
      )
    }
    sender(at().server.tools).wake()
    await allSent()
    expect(box.attempts.mails).toBe(before)
    await sql.query('update users set email = null where id = $1', [eve.id])
  })
})

// Each of many accounts gave the address once, and the address got a mail for each.
test('an address gets four mails to confirm it, however many accounts give it', async () => {
  const server = await startServer({ settings: { ...mailSettings(box), RATE_LIMITS: 'on' } })
  const local = { url: `http://127.0.0.1:${server.port}` }
  const victim = 'everybodys-victim@example.org'
  const mails = () => box.received.filter(({ recipients }) => recipients.includes(victim)).length
  const empty = async () => (await server.tools.sql.query('select 1 from mails')).length === 0
  for (let n = 1; n <= 6; n++) {
    const eve = await signUp(local, `many-${n}`)
    const as = rest(local, eve)
    expect((await as.patch('/users/me', { email: victim })).status).toBe(200)
    await waitFor('an empty queue', empty)
    expect(mails()).toBe(Math.min(n, 4))
    if (n > 4) expect((await as.post('/users/me/confirmation')).body.reason).toBe('too_many_requests')
    expect((await as.patch('/users/me', { email: `own-${n}@example.org` })).status).toBe(200)
  }
  await server.stop()
})

describe('what a server says of itself', () => {
  const without = serverFor({}, cast)

  test('without mail, everything is as before, and nothing is queued', async () => {
    const { server, ben } = without()
    const about = (await rest(server, undefined, { accept: 'application/json' }).get('/')).body
    expect(about.mail).toBe(false)
    expect((await rest(server).post('/auth/forgot', { email: ben.email })).status).toBe(202)
    expect((await rest(server, ben).post('/users/me/confirmation')).body.reason).toBe('no_mail')
    expect(await server.tools.sql.query('select * from mails')).toEqual([])
  })
})
