import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { composeMissed } from '../../src/features/missed/compose.ts'
import { queueMissed } from '../../src/features/missed/queue.ts'
import { cast, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { type Mailbox, mailSettings, startMailbox, tokenOf } from '../support/mailbox.ts'
import { onBothDatabases, serverFor, startServer, type TestServer } from '../support/server.ts'

let box: Mailbox
beforeAll(async () => {
  box = await startMailbox()
})
afterAll(async () => box.stop())

const hourMs = 3_600_000

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    await server.restart(mailSettings(box))
    // PUBLIC_URL leads elsewhere.
    const local = { url: `http://127.0.0.1:${server.port}`, setupCode: server.setupCode } as TestServer
    return { ...(await cast(local)), local }
  })
  let people = 0
  const as = (person: Person, language = 'en') => rest(at().local, person, { 'accept-language': language })
  /** With a confirmed address. */
  const newcomer = async (name: string) => {
    const person = await signUp(at().local, `${name}-${database}-${++people}`)
    const [mail] = await box.to(person.email)
    await rest(at().local).post('/auth/confirm', { token: tokenOf(mail!) })
    return person
  }
  /** Who wants a mail about what they have missed, in a room of Cleo. */
  const away = async (language = 'en') => {
    const eve = await newcomer('eve')
    const room = await makeRoom(at().local, at().cleo, [eve])
    const { body } = await as(eve, language).patch('/users/me/mail', { missed: true })
    expect(body).toEqual({ new_device: true, missed: true })
    return { eve, room }
  }
  const call = ({ username }: Person, room: string, text = 'where is the boat?') =>
    post(at().local, at().cleo, room, `@${username} ${text}`)
  /** As if it were so many hours later. */
  const look = async (hours: number) => {
    const { tools } = at().server
    await queueMissed({ ...tools, clock: () => new Date(Date.now() + hours * hourMs) })
    await waitFor('an empty queue', async () => (await tools.sql.query('select 1 from mails')).length === 0)
  }
  const mailsTo = ({ email }: Person) =>
    box.received.filter(({ recipients, subject }) => recipients[0] === email && !/onfirm/.test(subject!))

  test('what was missed for some hours comes by mail, once, to people who want it', async () => {
    const { cleo, dan } = at()
    const { eve, room } = await away()
    const other = await newcomer('fay')
    await as(other).put(`/rooms/${room}/members/me`)
    await as(cleo).patch(`/rooms/${room}`, { title: 'The <b>quay</b>' })
    await call(eve, room)
    await call(other, room)
    await call(eve, room, 'and the oars?')
    const mine = await post(at().local, eve, room, 'I am off')
    await as(cleo).post(`/rooms/${room}/messages`, { content: 'When are you back?', reply_to: mine })
    const { body: direct } = await as(dan).post('/directs', { usernames: [eve.username] })
    await post(at().local, dan, direct.id, 'Hello')
    await post(at().local, cleo, room, 'Nobody is meant')
    await as(eve).put('/users/me/keywords', { keywords: ['rudder'] })
    await post(at().local, cleo, room, 'Who has the rudder?')

    await look(3)
    expect(mailsTo(eve)).toEqual([])
    await Promise.all([look(5), look(5)])
    const [mail, ...more] = mailsTo(eve)
    expect(more).toEqual([])
    expect(mail!.subject).toBe('What you missed at chat.example.org')
    const text = mail!.text!.replace(/[\u2068\u2069]/g, '')
    expect(text).toContain('- The <b>quay</b>: cleo (4)')
    expect(text).toContain('- dan, direct message (1)')
    expect(text).toContain('https://chat.example.org/#for-you')
    // Not the texts, which are encrypted here.
    expect(mail!.raw).not.toContain('boat')
    expect(mail!.html).not.toContain('<b>')
    expect(mailsTo(other)).toEqual([])
    await look(6)
    await look(50)
    expect(mailsTo(eve)).toHaveLength(1)

    // As if the last mail were of some hours ago: only what came after it is in the next one.
    const earlier = 'update mail_settings set missed_until = $2 where user_id = $1'
    await at().server.tools.sql.query(earlier, [eve.id, new Date()])
    await call(eve, room)
    await look(5)
    expect(mailsTo(eve)).toHaveLength(2)
    expect(mailsTo(eve)[1]!.text!.replace(/[\u2068\u2069]/g, '')).toContain('quay</b>: cleo (1)')
  })

  describe('the mail has nothing that', () => {
    const cases: Record<string, (eve: Person, room: string, seq: number) => Promise<{ status: number }>> = {
      'was read': (eve, room, seq) => as(eve).put(`/rooms/${room}/read`, { seq }),
      'was deleted': (_, room, seq) => as(at().cleo).delete(`/rooms/${room}/messages/${seq}`),
      'is by somebody who was blocked': (eve) => as(eve).put('/users/me/blocks/cleo'),
      'is in a room that was left': (eve, room) => as(eve).delete(`/rooms/${room}/members/me`),
      'is in a room from which the person was removed': (eve, room) =>
        as(at().cleo).delete(`/rooms/${room}/members/${eve.username}`),
      'is in a room that was deleted': (_, room) => as(at().cleo).delete(`/rooms/${room}`),
      'is in a room that should be silent': (eve, room) =>
        as(eve).put(`/rooms/${room}/notifications`, { level: 'nothing' }),
      'is for somebody who is banned': (eve) => as(at().ada).put(`/users/${eve.username}/ban`, {}),
      'nobody wants any more': (eve) => as(eve).patch('/users/me/mail', { missed: false }),
    }
    test.each(Object.keys(cases))('%s', async (what) => {
      const { eve, room } = await away()
      const seq = await call(eve, room)
      const { tools } = at().server
      const detail = { since: new Date(0).toISOString(), until: new Date(Date.now() + hourMs).toISOString() }
      const row = { userId: eve.id, language: 'en', detail } as never
      const compose = () => composeMissed(tools, tools.policy.mail!, row)
      expect((await compose())!.letter.lines).toHaveLength(1)
      const { status } = await cases[what]!(eve, room, seq)
      expect(status).toBeLessThan(300)
      expect(await compose()).toBeUndefined()
    })
  })

  test('the mail is in the language of the reader, and one click ends it', async () => {
    const { eve, room } = await away('de')
    await call(eve, room)
    await look(5)
    const [mail] = mailsTo(eve)
    expect(mail!.subject).toBe('Was du bei chat.example.org verpasst hast')
    expect(mail!.header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const [, path] = /<https:\/\/chat\.example\.org(.*)>/.exec(mail!.header('list-unsubscribe')!)!
    const click = await fetch(at().local.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    })
    expect(click.status).toBe(204)
    expect((await as(eve).get('/users/me/mail')).body).toEqual({ new_device: true, missed: false })
  })

  test('what was missed before somebody wanted the mail is not in it', async () => {
    const eve = await newcomer('eve')
    const room = await makeRoom(at().local, at().cleo, [eve])
    await call(eve, room)
    await as(eve).patch('/users/me/mail', { missed: true })
    await look(5)
    expect(mailsTo(eve)).toEqual([])
  })
})

test('where push messages have no names, the mail has none', async () => {
  const server = await startServer({ settings: { ...mailSettings(box), PUSH_CONTENT: 'none' } })
  const local = { url: `http://127.0.0.1:${server.port}`, setupCode: server.setupCode } as TestServer
  const [cleo, gil] = [await signUp(local, 'cleo'), await signUp(local, 'gil')]
  const [mail] = await box.to(gil.email)
  await rest(local).post('/auth/confirm', { token: tokenOf(mail!) })
  const room = await makeRoom(local, cleo, [gil])
  await rest(local, gil).patch('/users/me/mail', { missed: true })
  await post(local, cleo, room, '@gil ahoy')
  await queueMissed({ ...server.tools, clock: () => new Date(Date.now() + 5 * hourMs) })
  const [, missed] = await box.to(gil.email, 2)
  expect(missed!.subject).toBe('What you missed at chat.example.org')
  expect(missed!.text).not.toMatch(/cleo|room-/i)
  await server.stop()
})
