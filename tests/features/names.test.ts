// Longer than 300 lines: one table of names that deceive, tried on every place that takes a name.
import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, passwordOf, post, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const fresh = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}`

/** Each was accepted once, and stood in the timeline as nothing, as somebody else or backwards. */
const invisible = [
  '\u200b',
  '\u3164',
  '\u2800',
  '\u00ad',
  '\u{e0041}',
  '\u2060',
  '\uffa0',
  ' \u200b ',
  '\u0301',
]
const hostile: Record<string, string> = {
  'a zero-width space': 'Ada\u200b',
  'the end of an isolate and an override': 'Eve\u2069\u202edrow',
  'an isolate': 'Eve\u2066x',
  'the mark of a direction': 'Eve\u200f',
  'an escape sequence': 'Eve\x1b[2J',
  'a control of C1': 'Eve\u009b31m',
  'a bell': 'Eve\u0007',
  'a line break': 'Eve\nroot',
  'a tab': 'Eve\troot',
  'a line separator': 'Eve\u2028root',
  'a tag': 'Eve\u{e0041}',
  'a filler': 'Eve\u3164',
  'a joiner between Latin letters': 'A\u200dda',
}
const piled = ['e'.padEnd(64, '\u0301'), '\u0301Eve', 'o\u0308\u0308']

/** Names that people have. */
const real = [
  'José Ángel',
  'Nguyễn Thị Ánh',
  'علی‌رضا',
  'रक्षा',
  'สมชาย',
  'שָׁלוֹם',
  '👩‍🚀 Ben',
  '❤️',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿 Ben',
  'O’Brien, B.',
]

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person?: { token: string }) => rest(at().server, person)
  const reasonOf = async (asked: ReturnType<ReturnType<typeof rest>['get']>): Promise<string> => {
    const { status, body } = await asked
    return status < 400 ? 'accepted' : (body.errors?.[0]?.reason ?? body.reason)
  }

  /** Every field that takes the name of somebody or something. */
  const fields = (): Record<string, (name: string) => Promise<string>> => {
    const { ada, ben } = at()
    const password = 'a rabbit with a watch'
    return {
      'a display name': (display_name) => reasonOf(api(ben).patch('/users/me', { display_name })),
      'a display name that an administrator gives': (display_name) =>
        reasonOf(api(ada).patch('/users/dan', { display_name })),
      'a display name at sign-up': (display_name) => {
        const username = fresh('eve')
        return reasonOf(
          api().post('/auth/signup', { username, email: `${username}@x.org`, password, display_name }),
        )
      },
      'a title': (title) => reasonOf(api(ben).post('/rooms', { id: fresh('room'), title })),
      'a new title': async (title) =>
        reasonOf(api(ben).patch(`/rooms/${await makeRoom(at().server, ben)}`, { title })),
      'the name of a bot': (display_name) =>
        reasonOf(api(ada).post('/bots', { username: fresh('bot'), display_name })),
      'the name of a webhook': async (name) =>
        reasonOf(api(ben).post(`/rooms/${await makeRoom(at().server, ben)}/webhooks`, { name })),
      'the name of a token': (name) => reasonOf(api(ben).post('/tokens', { name, scopes: ['read'] })),
    }
  }

  describe('names', () => {
    test('have nothing invisible, no controls, no line breaks and few marks, wherever they are given', async () => {
      for (const [field, give] of Object.entries(fields())) {
        for (const name of invisible) expect([field, name, await give(name)]).toEqual([field, name, 'empty'])
        for (const [what, name] of Object.entries(hostile))
          expect([field, what, await give(name)]).toEqual([field, what, 'hidden_characters'])
        for (const name of piled)
          expect([field, name, await give(name)]).toEqual([field, name, 'too_many_marks'])
      }
    })

    test('may be those of any language, and contain emoji', async () => {
      for (const [field, give] of Object.entries(fields()))
        for (const name of real) expect([field, name, await give(name)]).toEqual([field, name, 'accepted'])
    })

    test('are stored with single spaces and composed letters', async () => {
      const { server, ben } = at()
      const eve = await signUp(server, fresh('eve'))
      const { body } = await api(eve).patch('/users/me', {
        display_name: ' \u3000Jose\u0301 \u00a0 A.\u2800 ',
      })
      expect(body.display_name).toBe('José A.')
      expect((await api(ben).get(`/users/${eve.username}`)).body.display_name).toBe('José A.')
      const room = await makeRoom(server, eve, [], {
        title: '  The   quay ',
        description: ' a\r\nb\u0000'.slice(0, 5),
      })
      expect((await api(eve).get(`/rooms/${room}`)).body).toMatchObject({
        title: 'The quay',
        description: 'a\nb',
      })
      const { body: token } = await api(eve).post('/tokens', { name: ' ci  1 ', scopes: ['read'] })
      expect(token.name).toBe('ci 1')
      const { body: hook } = await api(eve).post(`/rooms/${room}/webhooks`, { name: ' The  builds' })
      expect(hook.name).toBe('The builds')
    })

    test('a description has lines, and nothing that a terminal or the page would obey', async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      const describe_ = (description: string) => reasonOf(api(ben).patch(`/rooms/${room}`, { description }))
      expect(await describe_('One line\nand another one\u200f')).toBe('accepted')
      for (const bad of ['\x1b[2J', 'a\u202eb', 'a\u2069b', '\u009b', 'a\u{e0041}'])
        expect([bad, await describe_(bad)]).toEqual([bad, 'hidden_characters'])
      expect(await describe_('e'.padEnd(30, '\u0301'))).toBe('too_many_marks')
      expect(await describe_('\u200b')).toBe('accepted')
      expect((await api(ben).get(`/rooms/${room}`)).body.description).toBe('')
    })

    test('from before there were these rules are shown without what is hidden', async () => {
      const { server, ben } = at()
      const eve = await signUp(server, fresh('eve'))
      const room = await makeRoom(server, eve, [], { title: 'T' })
      const seq = await post(server, eve, room, 'Hello')
      const token = (await api(eve).post('/tokens', { name: 'ci', scopes: ['read'] })).body.token
      const old = 'Eve\u2069\u202e\x1b[2J\nroot\u200b'
      const write = async (name: string) => {
        const { sql } = server.tools
        await sql.query('update users set display_name = $1 where username = $2', [name, eve.username])
        await sql.query('update rooms set title = $1, description = $1 where id = $2', [name, room])
        await sql.query('update tokens set name = $1', [name])
        await server.restart()
      }
      await write(old)
      const shown = 'Eve [2J root'
      expect((await api(ben).get(`/users/${eve.username}`)).body.display_name).toBe(shown)
      const message = (await api(eve).get(`/rooms/${room}/messages/${seq}`)).body
      expect(message.author.display_name).toBe(shown)
      expect((await api(ben).get(`/rooms/${room}`)).body.title).toBe(shown)
      expect(
        (await api(ben).get('/rooms')).body.items.map(({ title }: { title: string }) => title),
      ).toContain(shown)
      expect((await api(eve).get('/tokens')).body.items[0].name).toBe(shown)
      const direct = (await api(ben).post('/directs', { usernames: [eve.username] })).body
      expect(direct.title).toBe(shown)
      expect((await api({ token }).get('/users/me')).status).toBe(200)

      await write('\u200b\u202e')
      expect((await api(ben).get(`/users/${eve.username}`)).body.display_name).toBe(eve.username)
      expect((await api(ben).get(`/rooms/${room}`)).body.title).toBe(room)
    })
  })

  describe('the names of administrators and of the server', () => {
    const looksLikeAda = ['ada', 'Ada', 'ADA', 'аda', 'АDА', 'Ａｄａ', '𝐀𝐝𝐚', 'A d a', 'ada.', 'Ada!']
    const ofServer = [
      'System',
      'system',
      'Ѕуstеm',
      'Admin',
      'AdmIn',
      'Adrnin',
      'аdmin',
      'Administrator',
      'Moderator',
    ]
    const others = [
      'Support',
      'Parley',
      'Pаrlеу',
      'ΡΑRLΕΥ',
      'Everyone',
      'Here',
      'root',
      'Deleted user',
      '系统',
    ]

    test('nobody else has one that looks like them, in any letters', async () => {
      const { ben } = at()
      const room = await makeRoom(at().server, ben)
      for (const name of [...looksLikeAda, ...ofServer, ...others]) {
        const profile = await reasonOf(api(ben).patch('/users/me', { display_name: name }))
        const webhook = await reasonOf(api(ben).post(`/rooms/${room}/webhooks`, { name }))
        const draft = {
          username: fresh('eve'),
          email: `${fresh('eve')}@x.org`,
          password: 'a rabbit with a watch',
        }
        const signup = await reasonOf(api().post('/auth/signup', { ...draft, display_name: name }))
        expect([name, profile, webhook, signup]).toEqual([name, ...Array(3).fill('name_reserved')])
      }
      expect(await reasonOf(api(ben).patch('/users/me', { display_name: 'Adam' }))).toBe('accepted')
    })

    test('administrators may have them and give them; other people may be called alike', async () => {
      const { ada, ben, cleo } = at()
      const own = { display_name: 'Ada' }
      expect(await reasonOf(api(ada).patch('/users/me', own))).toBe('accepted')
      expect(await reasonOf(api(ada).post('/bots', { username: fresh('bot'), display_name: 'System' }))).toBe(
        'accepted',
      )
      for (const person of [ben, cleo])
        expect(await reasonOf(api(person).patch('/users/me', { display_name: 'Sam' }))).toBe('accepted')
    })

    test('nobody becomes an administrator while others have a name like theirs', async () => {
      const { ada, server } = at()
      const [sam, twin] = [await signUp(server, fresh('sam')), await signUp(server, fresh('twin'))]
      await api(sam).patch('/users/me', { display_name: 'Robin Hood' })
      await api(twin).patch('/users/me', { display_name: 'Rоbin  Hооd' })
      const grant = () => api(ada).put(`/users/${sam.username}/roles/admin`)
      expect(await grant()).toMatchObject({
        status: 409,
        body: { reason: 'names_alike', params: { usernames: [`@${twin.username}`] } },
      })
      expect((await api(sam).get('/users/me')).body.roles).toEqual(['user'])
      await api(ada).patch(`/users/${twin.username}`, { display_name: 'Will Scarlet' })
      expect((await grant()).status).toBe(204)
    })

    // The names of all who were banned were left out, also of those who come back tomorrow.
    test('a ban with an end keeps a name from being mistaken; one without an end does not', async () => {
      const { ada, server } = at()
      const [sam, twin] = [await signUp(server, fresh('sam')), await signUp(server, fresh('twin'))]
      for (const person of [sam, twin]) await api(person).patch('/users/me', { display_name: 'Lady Marian' })
      const grant = () => api(ada).put(`/users/${sam.username}/roles/admin`)
      const ban = (body: object) => api(ada).put(`/users/${twin.username}/ban`, body)
      expect((await ban({ until: '2100-01-01T00:00:00.000Z' })).status).toBe(204)
      expect((await grant()).body).toMatchObject({ reason: 'names_alike' })
      expect((await ban({})).status).toBe(204)
      expect((await grant()).status).toBe(204)
    })

    test('a person who had such a name before keeps it, and may change the rest of the profile', async () => {
      const { server } = at()
      const eve = await signUp(server, fresh('eve'))
      await server.tools.sql.query(`update users set display_name = 'Admin' where username = $1`, [
        eve.username,
      ])
      await server.restart()
      const change = { display_name: 'Admin', direct_from: 'shared' }
      expect(await reasonOf(api(eve).patch('/users/me', change))).toBe('accepted')
    })

    test('reserved usernames cannot be signed up; those that only speak for the server can be made by administrators', async () => {
      const { ada } = at()
      const draft = (username: string) => ({
        username,
        email: `${fresh('x')}@example.org`,
        password: 'a rabbit with a watch',
      })
      const official = [
        'system',
        'admin',
        'root',
        'moderator',
        'support',
        'parley',
        'Administrator',
        'r00t',
        's-u-p-p-o-r-t',
      ]
      const unusable = [
        'here',
        'everyone',
        'all',
        'channel',
        'room',
        'null',
        'undefined',
        'deleted-user',
        'hook-abc',
      ]
      for (const username of [...official, ...unusable, 'ada_', 'a.d.a'])
        expect([username, await reasonOf(api().post('/auth/signup', draft(username)))]).toEqual([
          username,
          'username_reserved',
        ])
      for (const username of unusable) {
        expect(await reasonOf(api(ada).post('/auth/signup', draft(username)))).toBe('username_reserved')
        expect(await reasonOf(api(ada).post('/bots', { username }))).toBe('username_reserved')
      }
      expect(await reasonOf(api(ada).post('/auth/signup', draft('support')))).toBe('accepted')
      expect(await reasonOf(api(ada).post('/bots', { username: 'system' }))).toBe('accepted')
    })

    test('the very username of an administrator is taken, as any other', async () => {
      const draft = { email: 'x@example.org', password: 'a rabbit with a watch', display_name: 'Ada' }
      expect(await reasonOf(api().post('/auth/signup', { ...draft, username: 'Ada' }))).toBe('username_taken')
    })

    test('a username does not end with a dot or a dash, which end sentences', async () => {
      const signUpAs = (username: string) =>
        reasonOf(
          api().post('/auth/signup', {
            username,
            email: `${fresh('x')}@x.org`,
            password: 'a rabbit, a watch',
          }),
        )
      for (const name of ['test.', 'test-', 'te.-']) expect(await signUpAs(name)).toBe('username_format')
      for (const name of ['te.st', 'te-st_', 'abc']) expect(await signUpAs(name)).toBe('accepted')
    })
  })

  test('one mailbox has one account, in whatever letters its address is written', async () => {
    const { server } = at()
    const local = fresh('zoe')
    const signUpWith = (email: string) =>
      reasonOf(api().post('/auth/signup', { username: fresh('zoe'), email, password: passwordOf('zoe') }))
    expect(await signUpWith(`${local}é@bücher.example`)).toBe('accepted')
    for (const same of [
      `${local}e\u0301@bücher.example`,
      `${local.toUpperCase()}É@BÜCHER.example`,
      `${local}é@xn--bcher-kva.example`,
      `${local}é@bu\u0308cher.example.`,
    ]) {
      expect([same, await signUpWith(same)]).toEqual([same, 'email_taken'])
      const logIn = api().post('/auth/login', { email: same, password: passwordOf('zoe') })
      expect([same, await reasonOf(logIn)]).toEqual([same, 'accepted'])
    }
    for (const bad of [
      `a\u200b${local}@x.org`,
      `a\u00ad${local}@x.org`,
      `a\u202e${local}@x.org`,
      `${local}@x\u2060.org`,
      `${local}\u3164@x.org`,
      `${local}@x.org/y.z`,
    ])
      expect([bad, await signUpWith(bad)]).toEqual([bad, 'email_format'])

    // Older accounts have the domain as it was typed.
    const old = `${fresh('old')}@bücher.example`
    const eve: Person = await signUp(server, fresh('eve'))
    await server.tools.sql.query('update users set email = $1 where username = $2', [old, eve.username])
    for (const email of [old, old.replace('bücher', 'xn--bcher-kva')]) {
      expect(await signUpWith(email)).toBe('email_taken')
      const logIn = api().post('/auth/login', { email, password: eve.password })
      expect(await reasonOf(logIn)).toBe('accepted')
    }
  })

  describe.each(eachDoor)('over %s', (door) => {
    test('a message of invisible characters only is blank, also when edited', async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      const bens = await clientOver(door, server, ben)
      const { seq } = (await bens.send(room, { content: 'Hello' })).data!
      const blank = [
        '\u200b',
        '\u2800',
        '\u3164',
        '\u2060',
        '\u00ad',
        '\u{e0041}',
        '\ufe0f',
        ' \u200b\n\u2800',
        '\u0007',
      ]
      for (const content of blank) {
        for (const { code, errors } of [
          await bens.send(room, { content }),
          await bens.edit(room, seq, content),
        ])
          expect([content, code, errors]).toEqual([
            content,
            'invalid',
            [expect.objectContaining({ path: '/content', reason: 'empty' })],
          ])
      }
      for (const content of ['👩‍👩‍👧', '❤️', '\u200bx', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'])
        expect((await bens.send(room, { content })).code).toBeUndefined()
      await bens.close()
    })

    test('a reaction is an emoji, and its spellings are one reaction', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const seq = await post(server, ben, room, 'Hello')
      const [bens, cleos] = [await clientOver(door, server, ben), await clientOver(door, server, cleo)]
      const shown = async () =>
        (await api(cleo).get(`/rooms/${room}/messages/${seq}`)).body.reactions.map(
          ({ emoji, count, mine }: { emoji: string; count: number; mine: boolean }) => [emoji, count, mine],
        )
      for (const bad of [
        'hello-world',
        'x',
        '1',
        '\u202e',
        '\u200b',
        '\u3164',
        '\u2800',
        '👍👍',
        '👍!',
        '\ufe0f',
        ': :',
      ])
        expect([bad, (await bens.react(room, seq, bad)).reason]).toEqual([
          bad,
          door === 'rest' && bad === '\u2800'
            ? 'emoji_format'
            : expect.stringMatching(/emoji_format|invalid_fields/),
        ])
      await bens.react(room, seq, '❤')
      await cleos.react(room, seq, '❤️')
      await cleos.react(room, seq, '❤')
      await bens.react(room, seq, '👍🏽')
      await cleos.react(room, seq, '👍')
      expect(await shown()).toEqual([
        ['❤', 2, true],
        ['👍🏽', 1, false],
        ['👍', 1, true],
      ])
      await cleos.unreact(room, seq, '❤️')
      expect((await shown())[0]).toEqual(['❤', 1, false])
      await bens.unreact(room, seq, '❤️')
      expect((await shown()).length).toBe(2)
      for (const good of ['👁️‍🗨️', '👁‍🗨', '🇩🇪', '1️⃣', '🏳️‍🌈', '🕵🏽‍♂️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', ':tada:'])
        expect([good, (await bens.react(room, seq, good)).code]).toEqual([good, undefined])
      for (const each of [bens, cleos]) await each.close()
    })

    test('old reactions, in two spellings or of any text, can be seen and removed', async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      const seq = await post(server, ben, room, 'Hello')
      const { sql } = server.tools
      for (const [emoji, added] of [
        ['❤', 3],
        ['❤️', 4],
        ['hello-world', 5],
      ] as const) {
        await sql.query(
          `insert into reactions (room_key, seq, emoji, user_id, added_seq)
           select rooms.key, $2, $3, users.id, $4 from rooms, users where rooms.id = $1 and username = 'ben' and rooms.deleted_at is null`,
          [room, seq, emoji, added],
        )
        await sql.query(
          'update log set reacted = true where seq = $2 and room_key = (select key from rooms where id = $1)',
          [room, seq],
        )
      }
      const shown = async () =>
        (await api(ben).get(`/rooms/${room}/messages/${seq}`)).body.reactions.map(
          ({ emoji }: { emoji: string }) => emoji,
        )
      expect(await shown()).toEqual(['❤', '❤️', 'hello-world'])
      const bens = await clientOver(door, server, ben)
      await bens.react(room, seq, '❤️')
      expect(await shown()).toEqual(['❤', '❤️', 'hello-world'])
      await bens.unreact(room, seq, 'hello-world')
      await bens.unreact(room, seq, '❤')
      expect(await shown()).toEqual([])
      await bens.close()
    })
  })
})
