// Longer than 300 lines: one terminal is shared by all, because each start costs a second.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { people as known } from '../../src/features/auth/people.ts'
import { refusals } from '../../src/protocol/refusals.ts'
import { wholeProfile } from '../features/whole-profile.ts'
import { type Cast, cast, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { indexed, sweepAtOnce } from '../support/indexed.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { hasTmux, type Seat, sitDown, type Terminal } from './terminal.ts'

describe.skipIf(!hasTmux)('in a terminal', () => {
  let server: TestServer
  let people: Cast
  const terminals: Terminal[] = []

  beforeAll(async () => {
    server = await startServer({ policy: sweepAtOnce })
    people = await cast(server)
  })
  afterEach(() => terminals.splice(0).forEach((terminal) => void terminal.close()))
  afterAll(async () => server.stop())

  function sit(seat: Partial<Seat> = {}): Terminal {
    const terminal = sitDown({ ...seat, words: ['--url', server.url, ...(seat.words ?? [])] })
    terminals.push(terminal)
    return terminal
  }
  /** Somebody at a terminal, in a room, with no questions asked. */
  async function sitIn(person: Person, room: string, seat: Partial<Seat> = {}): Promise<Terminal> {
    const terminal = sit({
      ...seat,
      words: ['--room', room],
      env: { PARLEY_TOKEN: person.token, ...seat.env },
    })
    await terminal.sees(/ \d online$/m)
    return terminal
  }
  const messagesOf = async (person: Person, room: string) =>
    (await rest(server, person).get(`/rooms/${room}/messages`)).body.items as Record<string, unknown>[]

  test('the login prompt hides the password, and a wrong password is refused with a sentence', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo], { title: 'Tea' })
    await post(server, people.cleo, room, 'welcome to tea')
    const ben = sit({ words: ['--room', room] })
    await ben.sees('Log in, or sign up? [L/s]')
    ben.say('l')
    await ben.sees('Username:')
    ben.say('ben')
    await ben.sees('Password:')
    ben.say('not the password of ben')
    const refused = await ben.sees(/Password:[\s\S]+Log in/)
    expect(refused).not.toContain('not the')
    ben.say('')
    await ben.sees(/Username:[\s\S]+Username:/)
    ben.say('ben')
    await ben.sees(/Username: ben\nPassword:$[\s\S]+Username: ben\nPassword:$/m)
    ben.say(people.ben.password)
    expect(await ben.sees('welcome to tea')).not.toContain('the password of')
  })

  test('a new user signs up, finds a room, joins and leaves it', async () => {
    const room = await makeRoom(server, people.ben, [], { title: 'Garden' })
    const eve = sit()
    for (const [question, answer] of [
      ['[L/s]', 's'],
      ['Username:', 'eve'],
      ['Email (optional):', ''],
      ['Password:', 'the password of eve'],
      ['Password again:', 'the password of eve'],
    ] as const) {
      await eve.sees(question)
      eve.say(answer)
    }
    await eve.sees('You are not in a room yet')
    eve.say('/rooms')
    await eve.sees(`${room}  Garden`)
    eve.say('hello?')
    await eve.sees('You are not in a room. See /rooms')
    expect(await eve.sees('> hello?')).toBeTruthy()
    eve.press('C-u')
    eve.say(`/join ${room}`)
    await eve.sees(/^ Garden.* 1 online/m)
    eve.say('hello garden')
    await eve.sees(/eve hello garden/)
    expect(await messagesOf(people.ben, room)).toMatchObject([{ content: 'hello garden' }])
    eve.say('/leave')
    await eve.sees(`You have left ${room}`)
    expect((await rest(server, people.ben).get(`/rooms/${room}/members`)).body.items).toHaveLength(1)
    eve.say('/q')
    await eve.sees('ended with 0')
  })

  test('a person who gives no username gets one from the email address', async () => {
    const zoe = sit()
    for (const [question, answer] of [
      ['[L/s]', 's'],
      ['Username:', ''],
      ['Email (optional):', 'zoe.quux@example.org'],
      ['Password:', 'the password of zoe'],
      ['Password again:', 'the password of zoe'],
    ] as const) {
      await zoe.sees(question)
      zoe.say(answer)
    }
    await zoe.sees('You are not in a room yet')
    expect((await rest(server, people.ben).get('/users/zoe.quux')).status).toBe(200)
    zoe.say('/q')
    await zoe.sees('ended with 0')
  })

  test('two people talk, and see each other come, type and go', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo], { title: 'Talk' })
    const ben = await sitIn(people.ben, room)
    await ben.sees('1 online')
    const cleo = await sitIn(people.cleo, room)
    await ben.sees('2 online')
    cleo.type('hm')
    await ben.sees('cleo is typing…')
    cleo.press('Enter')
    await ben.sees(/cleo hm #\d/)
    await ben.misses('typing')
    ben.say('yes?')
    await cleo.sees(/ben yes\? #\d/)
    cleo.say('/exit')
    await ben.sees('1 online')
  })

  test('a message can be replied to, reacted to, edited and deleted, and /me sends an action', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo])
    const asked = await post(server, people.cleo, room, 'shall we?')
    const ben = await sitIn(people.ben, room)
    await ben.sees('shall we?')
    ben.say('/react 👍')
    await ben.sees('👍 1*')
    ben.say('/react 👍')
    await ben.misses('👍 1*')
    ben.say('/reply yes')
    expect(await ben.sees(/ben yes #\d/)).toMatch(/↳ #\d+ cleo: shall we\?/)
    ben.say(`/reply #${asked} at once`)
    await ben.sees(`2 replies: /thread #${asked}`)
    ben.say(`/thread #${asked}`)
    expect(await ben.sees(`writes in this thread`)).toMatch(
      /2 replies to #\d+:[\s│]+#\d+ cleo: shall we\?[\s│]+#\d+ ben: yes/,
    )
    ben.say('/threads')
    await ben.sees(new RegExp(`${room} #${asked} shall we\\? \\(2 replies, last @ben\\)`))
    ben.say('/delete')
    await ben.sees(`1 reply: /thread #${asked}`)
    ben.say('/edit yes, let us')
    await ben.sees('yes, let us (edited)')
    ben.say('/edit')
    await ben.sees(/^> \/edit #\d+ yes, let us$/m)
    ben.say(' go')
    await ben.sees(/ben yes, let us go \(edited\)/)
    ben.say('/delete')
    await ben.sees(/ben deleted/)
    ben.say('/me waves')
    await ben.sees(/\* ben waves/)
    const last = (await messagesOf(people.cleo, room)).at(-1)!
    expect(last).toMatchObject({ content: '*waves*' })
    ben.say(`/react #${last.seq} 🎉`)
    await ben.sees('🎉 1*')
    ben.say(`/edit #${asked} mine?`)
    await ben.sees(refusals.not_the_author.message)
    ben.say('/dance')
    await ben.sees('Unknown command /dance')
    ben.press('C-u')
    ben.say('//slash')
    await ben.sees(/ben \/slash/)
  })

  test('a direct message shows an unread count in other rooms, and a key leads to it', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo], { title: 'Square' })
    const cleo = await sitIn(people.cleo, room)
    const ben = await sitIn(people.ben, room)
    ben.say('/msg cleo psst 日本')
    await ben.sees(/^ @cleo .*1 online|^ @cleo .*2 online/m)
    await ben.sees('psst 日本')
    await cleo.sees(/@ben +1 *│/)
    await cleo.pressUntil('C-n', 'psst 日本')
    await cleo.misses(/@ben +1 *│/)
  })

  test('a mention in another room is counted as one; /mentions lists it, /mute and /unread change what is loud', async () => {
    const { ben, cleo } = people
    const [quay, square] = [
      await makeRoom(server, ben, [cleo], { title: 'Quay' }),
      await makeRoom(server, ben, [cleo], { title: 'Square' }),
    ]
    await post(server, ben, quay, 'Nothing')
    const seq = await post(server, ben, quay, 'Boats at four, @cleo')
    const cleos = await sitIn(cleo, square)
    await cleos.sees(/Quay +@1 *│/)
    cleos.say('/mentions')
    await cleos.sees(new RegExp(`• ${quay} #${seq} @ben wrote: Boats at four`))
    cleos.say(`/join ${quay}`)
    await cleos.sees(/ben Boats at four, @cleo/)
    await cleos.misses(/Quay +@1 *│/)
    cleos.say(`/unread #${seq}`)
    await cleos.sees(/Quay +@1 *│/)
    cleos.say('/mute 2h')
    await cleos.sees(`${quay} is muted until`)
    cleos.say('/mute soon')
    await cleos.sees('Usage: /mute [2h|off]')
    const state = async () => (await rest(server, cleo).get(`/rooms/${quay}`)).body
    expect((await state()).muted_until).toBeDefined()
    cleos.press('C-u')
    cleos.say('/mute off')
    await cleos.sees(`${quay} notifies you again.`)
    expect((await state()).muted_until).toBeUndefined()
  })

  test('/keywords sets words that count as mentions, and a line says who is not in the room', async () => {
    const { ben, cleo, dan } = people
    const room = await makeRoom(server, ben, [cleo], { title: 'Pier' })
    const bens = await sitIn(ben, room)
    const cleos = await sitIn(cleo, await makeRoom(server, ben, [cleo], { title: 'Beach' }))
    cleos.say('/keywords')
    await cleos.sees('You have no keywords.')
    cleos.say('/keywords Tide, harbour master')
    await cleos.sees('Your keywords: harbour master, Tide')
    bens.say(`The tide, @${dan.username}`)
    await bens.sees(`@${dan.username} is not in this room and does not hear of it.`)
    await cleos.sees(/Pier +@1 *│/)
    cleos.say('/keywords +')
    await cleos.sees('A keyword needs a letter or a digit.')
    cleos.press('C-u')
    cleos.say('/keywords off')
    await cleos.sees('You have no keywords.')
  })

  test('/help fits on the screen; /who lists members as online or offline', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo])
    const ben = await sitIn(people.ben, room)
    await ben.sees('1 online')
    ben.say('/help')
    const help = await ben.sees('Ctrl-C')
    for (const word of [
      '/help',
      '/join',
      '/leave',
      '/msg',
      '/rooms',
      '/who',
      '/me',
      '/edit',
      '/delete',
      '/react',
      '/quit',
    ])
      expect(help).toContain(`  ${word}`)
    ben.say('/who')
    const who = await ben.sees('cleo: offline')
    expect(who).toContain('ben: online, owner')
  })

  test('/status sets what you do and until when; /who has it, and /who with a name has the whole profile', async () => {
    const { ben, cleo } = people
    const room = await makeRoom(server, ben, [cleo])
    const { custom_status: _, ...profile } = wholeProfile()
    await rest(server, cleo).patch('/users/me', profile)
    const cleos = await sitIn(cleo, room)
    cleos.say('/status')
    await cleos.sees('You have no status.')
    cleos.say('/status 2h ⚓ Out at sea')
    await cleos.sees(/Your status: ⚓ ?Out at sea \(until /)
    const { custom_status } = (await rest(server, ben).get('/users/cleo')).body
    expect(custom_status).toMatchObject({ emoji: '⚓', text: 'Out at sea' })
    expect(Date.parse(custom_status.until)).toBeGreaterThan(Date.now() + 3_600_000)
    const bens = await sitIn(ben, room)
    bens.say('/who')
    await bens.sees(/cleo: online, ⚓ ?Out at sea/)
    bens.say('/who @cleo')
    await bens.sees('(@cleo)')
    for (const text of Object.values(profile)) await bens.sees(text)
    await bens.sees(/Local time: \d\d:\d\d \(Asia\/Tokyo\)/)
    cleos.say('/status 0h Soon')
    await cleos.sees('Usage: /status')
    cleos.press('C-u')
    cleos.say('/status At lunch')
    await cleos.sees('Your status: At lunch')
    cleos.say('/status off')
    await cleos.sees(/At lunch[\s\S]+You have no status\./)
    expect((await rest(server, ben).get('/users/cleo')).body.custom_status).toBeUndefined()
    await rest(server, cleo).patch(
      '/users/me',
      Object.fromEntries(Object.keys(profile).map((field) => [field, ''])),
    )
  })

  test('/search lists messages of all rooms, with the words that were found', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo])
    await post(server, people.cleo, room, 'The guillemot has landed')
    await indexed(server)
    const ben = await sitIn(people.ben, room)
    await ben.sees('1 online')
    ben.say('/search guille')
    await ben.sees('[guillemot]')
    ben.say('/search nowhere-at-all')
    await ben.sees('No message was found.')
  })

  test('you can scroll back to the first message and return to the newest, while others write', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo])
    for (let n = 1; n <= 130; n++) await post(server, people.cleo, room, `line-${n}.`)
    const ben = await sitIn(people.ben, room)
    await ben.sees('line-130.')
    const top = await ben.pressUntil('PageUp', 'line-1.')
    const seen = [...top.matchAll(/line-(\d+)\./g)].map((match) => Number(match[1]))
    expect(seen).toEqual(seen.map((_, index) => index + 1))
    expect(top).toMatch(/↓ \d+ more below \(End\)/)
    await post(server, people.cleo, room, 'the newest')
    await ben.sees(/↓ \d+ more below/)
    expect(ben.screen()).toContain('line-1.')
    ben.press('Down', 'Down', 'Down')
    await ben.misses('line-1.')
    ben.press('End')
    await ben.sees('the newest')
    await ben.misses('more below')
  })

  test('nothing that people write, call themselves or their rooms reaches the terminal as a command', async () => {
    const evil = '\x1b]0;owned\x07\x1b[2J\x1b[31mRED\x9b1m'
    const mallory = await signUp(server, 'mallory')
    // The server refuses such names now; there may be older ones.
    expect((await rest(server, mallory).patch('/users/me', { display_name: `M${evil}` })).status).toBe(422)
    const room = await makeRoom(server, mallory, [people.ben])
    const { sql } = server.tools
    await sql.query('update users set display_name = $1 where username = $2', [`M${evil}`, 'mallory'])
    await sql.query('update rooms set title = $1, description = $2 where id = $3', [
      ...[`T${evil}`, `D${evil}`, room],
    ])
    await known(server.tools).refresh(mallory.id)
    await post(server, mallory, room, `before ${evil} after`)
    const ben = await sitIn(people.ben, room, { env: { NO_COLOR: '1' } })
    await ben.sees(/before ␛\]0;owned␇␛\[2J␛\[31mRED.1m after/)
    await ben.sees(/^ T \]0;owned/m)
    ben.say('/who')
    await ben.sees(/mallory \(M \]0;owned \[2J/)
    expect(ben.painted()).not.toContain('\x1b[31m')
    expect(ben.title()).not.toContain('owned')
  })

  test('with NO_COLOR there are no colours; without it people have some', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo])
    await post(server, people.cleo, room, 'colourful')
    const colours = /\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|38|48)[;m]/
    const plain = await sitIn(people.ben, room, { env: { NO_COLOR: '1' } })
    await plain.sees('colourful')
    expect(plain.painted()).not.toMatch(colours)
    const bright = await sitIn(people.ben, room)
    await bright.sees('colourful')
    expect(bright.painted()).toMatch(colours)
  })

  test('the screen follows the size of the terminal; a narrow one hides the list of rooms', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo], { title: 'Elastic' })
    await post(server, people.cleo, room, '日本語の長い文章はここで折り返されますよね本当に。'.repeat(3))
    const ben = await sitIn(people.ben, room)
    await ben.sees('│')
    await ben.sees('cleo 日本語')
    ben.resize(40, 10)
    await ben.misses('│')
    const narrow = await ben.sees('cleo 日本語')
    for (const row of narrow.split('\n')) expect(Bun.stringWidth(row)).toBeLessThanOrEqual(40)
    ben.resize(120, 30)
    await ben.sees('│')
    expect((await ben.sees('cleo 日本語')).split('\n').length).toBeGreaterThanOrEqual(30)
  })

  test('the cursor stands where the next character will, also after wide ones', async () => {
    const room = await makeRoom(server, people.ben)
    const ben = await sitIn(people.ben, room)
    ben.type('a日本👍')
    await ben.sees('> a日本👍')
    expect(ben.cursor()).toEqual({ column: 9, row: 23 })
    ben.press('Left', 'BSpace')
    await ben.sees(/^> a日👍/m)
    expect(ben.cursor().column).toBe(5)
    ben.press('Enter')
    await ben.sees('ben a日👍')
    ben.paste('two\nlines')
    await ben.sees('> two⏎lines')
    ben.press('Enter')
    await ben.sees(/ben two\n.*lines #/)
  })

  test('a missing room is reported, and another one is shown', async () => {
    const room = await makeRoom(server, people.dan, [], { title: 'Dan alone' })
    const dan = await sitIn(people.dan, 'nowhere')
    await dan.sees(refusals.room_not_found.message)
    await dan.sees(/^ Dan alone .*1 online/m)
    await rest(server, people.dan).delete(`/rooms/${room}`)
    await dan.sees(`The room ${room} was deleted.`)
  })

  test('leaving gives the terminal back as it was', async () => {
    const room = await makeRoom(server, people.ben)
    const ben = await sitIn(people.ben, room)
    expect(ben.isFullScreen()).toBe(true)
    ben.type('half a thought')
    ben.press('C-c')
    await ben.misses('half a thought')
    ben.press('C-c')
    await ben.sees('ended with 0')
    expect(ben.isFullScreen()).toBe(false)
  })
})
