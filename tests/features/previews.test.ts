// Longer than 300 lines: one site and one cast for all that becomes of a link.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Image } from 'bun'
import { makeKey, parseKeyring } from '../../src/crypto/keyring.ts'
import { latelyShown } from '../../src/features/links/present.ts'
import { forgetAllUnused, forgetDeleted } from '../../src/features/links/removed.ts'
import { resealPreviews } from '../../src/features/links/sealed.ts'
import { tellPreviews } from '../../src/features/previews/tell.ts'
import { fetchNext } from '../../src/features/previews/work.ts'
import { expireRoom } from '../../src/features/retention/expire.ts'
import { knownRooms } from '../../src/features/rooms/known.ts'
import type { Preview } from '../../src/protocol/previews.ts'
import type { Tools } from '../../src/scope.ts'
import { cast, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { bitmap } from '../support/pictures.ts'
import { postgresForTests } from '../support/postgres.ts'
import { showPreview } from '../support/previews.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { allowSite, html, type Site, startSite, titled } from './site.ts'

const settings = { PREVIEWS: 'on' }

const png = async (width: number, height: number) =>
  new Uint8Array(await new Image(bitmap(width, height)).png().bytes())
const picture =
  (bytes: Uint8Array<ArrayBuffer>, type = 'image/png') =>
  () =>
    new Response(bytes, { headers: { 'content-type': type } })

const previewsOf = async (
  server: { url: string },
  person: Person,
  room: string,
  seq: number,
): Promise<Preview[] | undefined> =>
  (await rest(server, person).get(`/rooms/${room}/messages/${seq}`)).body.previews

const shown = (server: { url: string }, person: Person, room: string, seq: number, count = 1) =>
  waitFor(`${count} previews`, async () => {
    const found = await previewsOf(server, person, room, seq)
    return found?.length === count ? found : undefined
  })

const count = async ({ tools }: { tools: Tools }, what: string): Promise<number> =>
  (await tools.sql.query<{ n: number }>(`select count(*)::int as n from ${what}`))[0]!.n

/** Every page that somebody waits for was looked at. */
const idle = (server: { tools: Tools }) =>
  waitFor('nothing is wanted', async () =>
    (await count(server, "link_previews where state = 'wanted'")) === 0 ? true : undefined,
  )

await onBothDatabases((database) => {
  let site: Site
  let inside: Site[]
  const at = serverFor({ database, settings }, async (server) => {
    allowSite(server.tools)
    return cast(server)
  })
  const late = Promise.withResolvers<void>()
  beforeAll(async () => {
    const photo = await png(900, 600)
    site = startSite({
      '/tides': html(
        `<title>Not this</title><meta property="og:title" content="Tide &amp; times">
         <meta property="og:description" content="High and low water."><meta property="og:site_name" content="The harbour">
         <meta property="og:image" content="/photo.png">`,
        { 'set-cookie': 'seen=1' },
      ),
      '/photo.png': picture(photo),
      '/plain': html('<title>\n  Only a title\n</title><meta name="description" content="And this">'),
      '/nothing': html(''),
      '/late': async (request) => {
        await late.promise
        return titled('Too late')(request)
      },
      '/many/': (request) => titled(`Page ${new URL(request.url).pathname}`)(request),
    })
    // What nobody may lead the server to.
    inside = ['127.0.0.1', '::1'].map((host) => startSite({ '/secret': titled('A secret') }, host))
  })
  afterAll(() => {
    site.stop()
    for (const each of inside) each.stop()
  })
  const clean = () => expect(inside.flatMap(({ asked }) => asked)).toEqual([])

  test('a message shows what the page says that it links to: live, in history, threads, searches and later subscriptions', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const hers = await socketOf(server, cleo)
    const { data: joined } = await hers.ask({ type: 'room.subscribe', room })
    const seq = await post(server, ben, room, `Look: ${site.url('/tides#low')} and harbour`)
    const event = await hers.next('preview.changed')
    const [live] = event.previews as Preview[]
    expect(event).toMatchObject({ room, seq })
    expect(live).toMatchObject({
      url: site.url('/tides'),
      title: 'Tide & times',
      description: 'High and low water.',
      site: 'The harbour',
      image: { width: 360, height: 240 },
    })
    expect(live!.image!.placeholder).toStartWith('data:image/')
    expect(await previewsOf(server, cleo, room, seq)).toEqual([live!])
    const { items } = (await rest(server, cleo).get(`/rooms/${room}/messages`)).body
    expect(items.at(-1).previews).toEqual([live])
    const thread = await rest(server, cleo).get(`/rooms/${room}/messages/${seq}/thread`)
    expect(thread.body.root.previews).toEqual([live])
    const found = await waitFor('the search knows it', async () => {
      const { items } = (await rest(server, cleo).get('/search?q=harbour')).body
      return items.find((each: { message: { seq: number; room: string } }) => each.message.room === room)
    })
    expect(found.message.previews).toEqual([live])
    // Who was away when it came hears of it when they come back.
    const again = await socketOf(server, cleo)
    const since = { epoch: joined.epoch, seq }
    await again.ask({ type: 'room.subscribe', room, since })
    expect((await again.next('preview.changed')).previews).toEqual([live])
    hers.close()
    again.close()
  })

  test('the picture is one of ours, for those who may read the message', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo], { access: 'closed' })
    const seq = await post(server, ben, room, site.url('/tides'))
    const [preview] = await shown(server, ben, room, seq)
    const get = (person: Person, path: string, headers = {}) =>
      fetch(server.url + path, { headers: { authorization: `Bearer ${person.token}`, ...headers } })
    const path = preview!.image!.url
    const response = await get(cleo, path)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect(response.headers.get('cache-control')).toStartWith('private')
    expect(response.headers.get('content-security-policy')).toStartWith('sandbox')
    const { width, height, format } = await new Image(await response.arrayBuffer()).metadata()
    expect([width, height, format]).toEqual([360, 240, 'webp'])
    const etag = response.headers.get('etag')!
    expect((await get(cleo, path, { 'if-none-match': etag })).status).toBe(304)
    expect((await get(dan, path)).status).toBe(404)
    const elsewhere = await makeRoom(server, dan)
    const other = await post(server, dan, elsewhere, 'Nothing')
    const lent = path.replace(`/rooms/${room}/messages/${seq}/`, `/rooms/${elsewhere}/messages/${other}/`)
    expect((await get(dan, lent)).status).toBe(404)
    expect((await get(cleo, path.replace(preview!.id, 'another'))).status).toBe(404)
  })

  test('nobody sends or keeps a cookie, and the request says nothing of the reader', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    await shown(server, ben, room, await post(server, ben, room, site.url('/tides')))
    const second = site.url('/tides?again')
    await shown(server, ben, room, await post(server, ben, room, second))
    const { headers } = site.asked.find(({ path }) => path === '/tides?again')!
    expect([headers.get('cookie'), headers.get('referer'), headers.get('authorization')]).toEqual([
      null,
      null,
      null,
    ])
    expect(headers.get('user-agent')).toBe('Parley (preview of a link)')
  })

  test('the same link two hundred times is fetched once', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const link = site.url('/many/times')
    const seqs = await Promise.all(
      Array.from({ length: 200 }, (_, n) => post(server, n % 2 ? ben : cleo, room, `${link} ${n}`)),
    )
    for (const seq of [seqs[0]!, seqs[100]!, seqs[199]!]) await shown(server, ben, room, seq)
    await idle(server)
    expect(site.count('/many/times')).toBe(1)
  })

  test('a message full of links has the previews of the first three, and code, quotes and secrets none', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const before = site.asked.length
    const links = Array.from({ length: 250 }, (_, n) => site.url(`/many/${n}`))
    const [first, second, third] = await shown(
      server,
      ben,
      room,
      await post(server, ben, room, links.join(' ')),
      3,
    )
    expect([first, second, third].map((each) => each!.url)).toEqual(links.slice(0, 3))
    expect(site.asked.length - before).toBe(3)
    const none = [
      `\`${site.url('/many/code')}\``,
      `\`\`\`\n${site.url('/many/fence')}\n\`\`\``,
      `> ${site.url('/many/quote')}`,
      site.url('/many/link?access_token=abc'),
      site.url('/many/link?a=b&X-Amz-Signature=abc'),
      site.url('/many/user').replace('//', '//ada:secret@'),
    ]
    await post(server, ben, room, none.join('\n\n'))
    await shown(server, ben, room, await post(server, ben, room, site.url('/plain')))
    await idle(server)
    expect(site.asked.slice(before + 3).map(({ path }) => path)).toEqual(['/plain'])
  })

  const nasty: [what: string, page: (site: Site) => (request: Request) => Response | Promise<Response>][] = [
    ...[
      'http://127.0.0.1:1/secret',
      'http://[::1]:1/secret',
      'http://[::ffff:127.0.0.1]:1/secret',
      'http://0x7f000001:1/secret',
      'http://localhost:1/secret',
      'http://169.254.169.254/latest/meta-data',
      'http://10.0.0.1/',
      'http://[fe80::1]/',
      'http://[fd00:ec2::254]/',
      'file:///etc/passwd',
      '//127.0.0.1:1/secret',
    ].map((to): (typeof nasty)[number] => [
      `leads to ${to}`,
      () => () => new Response(null, { status: 302, headers: { location: ported(to) } }),
    ]),
    [
      'leads on ten times',
      (site) => (request) => {
        const n = Number(new URL(request.url).searchParams.get('n') ?? 0)
        if (n === 10) return titled('Too far')(request) as Response
        return Response.redirect(site.url(`/nasty?n=${n + 1}`), 302)
      },
    ],
    ['leads to itself', (site) => () => Response.redirect(site.url('/nasty'), 302)],
    [
      'is compressed, and a thousand times as long',
      () => () =>
        new Response(Bun.gzipSync(new Uint8Array(50 << 20)), {
          headers: { 'content-type': 'text/html', 'content-encoding': 'gzip' },
        }),
    ],
    [
      'comes letter by letter',
      () => () => new Response(dripping(), { headers: { 'content-type': 'text/html' } }),
    ],
    ['never says anything', () => () => new Promise<Response>(() => {})],
    ['is not found', () => () => new Response('<title>Not found</title>', { status: 404 })],
    ['is no page', () => picture(new Uint8Array(Buffer.from('%PDF-1.7 nothing')), 'application/pdf')],
    ['is a text', () => () => new Response('Only words', { headers: { 'content-type': 'text/plain' } })],
    ['says that bytes of an archive are a page', () => picture(new Uint8Array(zip), 'text/html')],
    ['is a drawing that may run something', () => picture(new Uint8Array(Buffer.from(svg)), 'image/svg+xml')],
    ['is a picture of too many pixels', () => picture(pixelBomb())],
  ]
  const ported = (to: string): string =>
    to.replace(':1/secret', `:${new URL(inside[to.includes('[::1]') ? 1 : 0]!.url('/')).port}/secret`)

  describe('there is no preview of a page that', () => {
    test.each(nasty)('%s', async (_, page) => {
      const { server, ben } = at()
      allowSite(server.tools, 1500)
      const own = startSite()
      own.pages['/nasty'] = page(own)
      own.pages['/good'] = titled('Good')
      const room = await makeRoom(server, ben)
      const seq = await post(server, ben, room, `${own.url('/nasty')} ${own.url('/good')}`)
      const [preview] = await shown(server, ben, room, seq)
      await idle(server)
      expect(preview).toMatchObject({ url: own.url('/good'), title: 'Good' })
      expect(await previewsOf(server, ben, room, seq)).toHaveLength(1)
      expect(own.count('/nasty')).toBeLessThanOrEqual(6)
      clean()
      own.stop()
      allowSite(server.tools)
    })
  })

  test('a picture that cannot be shown costs only the picture', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const ways: [string, () => Response][] = [
      ['bomb', picture(pixelBomb())],
      ['svg', picture(new Uint8Array(Buffer.from(svg)), 'image/svg+xml')],
      ['lie', picture(new Uint8Array(Buffer.from('<html><title>x</title>')), 'image/png')],
      ['gone', () => new Response(null, { status: 404 })],
      ['inside', () => Response.redirect(inside[0]!.url('/secret'), 302)],
      [
        'endless',
        () => new Response(endless(new Uint8Array(65_536)), { headers: { 'content-type': 'image/png' } }),
      ],
    ]
    for (const [name, answer] of ways) {
      site.pages[`/${name}.png`] = answer
      site.pages[`/with-${name}`] = html(
        `<title>With ${name}</title><meta property="og:image" content="${site.url(`/${name}.png`)}">`,
      )
      const seq = await post(server, ben, room, site.url(`/with-${name}`))
      const [preview] = await shown(server, ben, room, seq)
      expect([preview!.title, preview!.image]).toEqual([`With ${name}`, undefined])
    }
    clean()
  })

  test('a link to a picture shows it, whatever its header says', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    site.pages['/lying'] = picture(await png(40, 20), 'text/html')
    const [preview] = await shown(server, ben, room, await post(server, ben, room, site.url('/lying')))
    expect([preview!.title, preview!.image?.width, preview!.image?.height]).toEqual([undefined, 40, 20])
  })

  const titles: [string, string, string][] = [
    ['HTML', '<title>&lt;b&gt;bold&lt;/b&gt; <script>x</script></title>', '<b>bold</b> <script>x</script>'],
    ['controls', '<title>a\u0000b\u0007c\r\n\td</title>', 'a b c d'],
    ['hidden letters', '<meta property="og:title" content="a&#x202e;b\u2066c\u200bd&#0;">', 'abcd\ufffd'],
    ['a broken pair', '<title>a&#xd800;b</title>', 'a\ufffdb'],
    ['a megabyte', `<title>${'long '.repeat(200_000)}</title>`, 'long '.repeat(40).trim()],
    ['two of them', '<title>One</title><svg><title>Two</title></svg>', 'One'],
  ]
  test.each(titles)('a title with %s is a line of text', async (name, head, title) => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const path = `/title-${name.replaceAll(' ', '-')}`
    site.pages[path] = html(head)
    const [preview] = await shown(server, ben, room, await post(server, ben, room, site.url(path)))
    expect(preview!.title).toBe(title)
  })

  test('the end of a page that has none is not waited for', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const start = new TextEncoder().encode(`<html><title>Endless</title>${' '.repeat(60_000)}`)
    site.pages['/endless'] = () => new Response(endless(start), { headers: { 'content-type': 'text/html' } })
    const [preview] = await shown(server, ben, room, await post(server, ben, room, site.url('/endless')))
    expect(preview!.title).toBe('Endless')
  })

  test('a page is read in its own charset', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const cyrillic = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2])
    const page = (meta: string) =>
      new Uint8Array(Buffer.concat([Buffer.from(`<html>${meta}<title>`), cyrillic, Buffer.from('</title>')]))
    site.pages['/header'] = picture(page(''), 'text/html; charset=windows-1251')
    site.pages['/meta'] = picture(page('<meta charset="windows-1251">'), 'text/html')
    site.pages['/unknown'] = picture(page(''), 'text/html; charset=nonsense')
    const titleOf = async (path: string) =>
      (await shown(server, ben, room, await post(server, ben, room, site.url(path))))[0]!.title
    expect([await titleOf('/header'), await titleOf('/meta')]).toEqual(['Привет', 'Привет'])
    expect(await titleOf('/unknown')).toInclude('\ufffd')
  })

  test.each(eachDoor)('over %s, the author and moderators remove a preview, others do not', async (door) => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const link = site.url(`/many/removed-${door}`)
    const seq = await post(server, cleo, room, `${link} ${site.url('/plain')}`)
    const [preview, plain] = await shown(server, cleo, room, seq, 2)
    const socket = await socketOf(server, dan)
    await socket.ask({ type: 'room.subscribe', room })
    const [hers, his, other] = [
      await clientOver(door, server, cleo),
      await clientOver(door, server, ben),
      await clientOver(door, server, dan),
    ]
    expect(await other.removePreview(room, seq, preview!.id)).toMatchObject({ reason: 'preview_not_yours' })
    expect((await hers.removePreview(room, seq, preview!.id)).code).toBeUndefined()
    expect((await socket.next('preview.changed')).previews).toEqual([plain])
    expect(await previewsOf(server, dan, room, seq)).toEqual([plain!])
    // Nobody else shows the page, so nothing is known of it any more; an edit does not bring it back.
    expect(await count(server, `link_previews where id = '${preview!.id}'`)).toBe(0)
    await hers.edit(room, seq, `${link} ${site.url('/plain')} again`)
    const last = await post(server, ben, room, site.url('/many/after'))
    await shown(server, ben, room, last)
    expect(await previewsOf(server, dan, room, seq)).toEqual([plain!])
    expect((await his.removePreview(room, seq, plain!.id)).code).toBeUndefined()
    expect(await previewsOf(server, dan, room, seq)).toBeUndefined()
    expect((await his.removePreview(room, seq, plain!.id)).code).toBeUndefined()
    for (const each of [hers, his, other]) await each.close()
    socket.close()
  })

  test('an edit takes the link away with its preview, and brings that of another one', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const path = `/rooms/${room}/messages`
    const seq = await post(server, ben, room, site.url('/many/one'))
    const [one] = await shown(server, ben, room, seq)
    const edited = await rest(server, ben).patch(`${path}/${seq}`, { content: site.url('/many/two') })
    // At once, before anybody has looked at the links again.
    expect(edited.body.previews?.[0]?.id).not.toBe(one!.id)
    const [two] = await shown(server, ben, room, seq)
    expect(two!.url).toBe(site.url('/many/two'))
    await rest(server, ben).patch(`${path}/${seq}`, { content: 'No link' })
    expect(await previewsOf(server, ben, room, seq)).toBeUndefined()
    await waitFor('nothing is left of it', async () =>
      (await count(server, `link_previews where id in ('${one!.id}', '${two!.id}')`)) === 0
        ? true
        : undefined,
    )
  })

  test('what comes of a link that the edited text no longer has is shown to nobody', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const bens = await socketOf(server, ben)
    await bens.ask({ type: 'room.subscribe', room })
    const seq = await post(server, ben, room, site.url('/late'))
    await waitFor(
      'the page is being fetched',
      () => site.asked.some((each) => each.path === '/late') || undefined,
    )
    const after = site.url('/many/after')
    await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: `${after} instead` })
    late.resolve()
    const [preview] = await shown(server, ben, room, seq)
    expect(preview!.url).toBe(after)
    await waitFor('nothing is kept of it', async () =>
      (await count(server, `link_previews where state = 'wanted'`)) === 0 ? true : undefined,
    )
    expect((await previewsOf(server, ben, room, seq))!.map(({ url }) => url)).toEqual([after])
    // With none while the page of the new link is fetched.
    const heard: string[] = []
    while (!heard.includes(after))
      for (const { url } of (await bens.next('preview.changed')).previews as Preview[]) heard.push(url)
    expect(heard).toEqual([after])
    bens.close()
  })

  test('what a text does not link to any more is in no event, though nobody has looked at the edit yet', async () => {
    const { server, ben } = at()
    const { sql } = server.tools
    const room = await makeRoom(server, ben)
    const [seq, other] = [
      await post(server, ben, room, site.url('/many/still')),
      await post(server, ben, room, site.url('/many/no-more')),
    ]
    const [still] = await shown(server, ben, room, seq)
    const [noMore] = await shown(server, ben, room, other)
    const [found] = await sql.query<{ key: number }>('select key from rooms where id = $1', [room])
    const place = { roomKey: found!.key, seq }
    await sql.query(
      'insert into message_previews (room_key, seq, preview_id, place) values ($1, $2, $3, 2)',
      [...[place.roomKey, seq, noMore!.id]],
    )
    const bens = await socketOf(server, ben)
    await bens.ask({ type: 'room.subscribe', room })
    await tellPreviews(server.tools, [place])
    expect((await bens.next('preview.changed')).previews).toEqual([still])
    bens.close()
  })

  test('what only a message shows goes with it, its author, its room and its age; what another one shows stays', async () => {
    const { server, ben, cleo } = at()
    const shared = site.url('/many/shared')
    const keeper = await makeRoom(server, ben, [cleo])
    const kept = await post(server, ben, keeper, shared)
    const [held] = await shown(server, ben, keeper, kept)
    const rooms = [await makeRoom(server, ben, [cleo]), await makeRoom(server, ben, [cleo])]
    const links = ['deleted', 'of-a-room', 'too-old'].map((each) => site.url(`/many/${each}`))
    const [deleted, ofRoom, old] = [
      await post(server, ben, keeper, `${links[0]} ${shared}`),
      await post(server, ben, rooms[0]!, `${links[1]} ${shared}`),
      await post(server, ben, rooms[1]!, `${links[2]} ${shared}`),
    ]
    const ids = [
      ...(await shown(server, ben, keeper, deleted, 2)),
      ...(await shown(server, ben, rooms[0]!, ofRoom, 2)),
      ...(await shown(server, ben, rooms[1]!, old, 2)),
    ].flatMap(({ id }) => (id === held!.id ? [] : [id]))
    expect(ids).toHaveLength(3)
    await rest(server, ben).delete(`/rooms/${keeper}/messages/${deleted}`)
    await rest(server, ben).delete(`/rooms/${rooms[0]}`)
    await rest(server, ben).patch(`/rooms/${rooms[1]}`, { retention_days: 7 })
    const { key, id, epoch } = (await knownRooms(server.tools).find(rooms[1]!))!
    const room = { key, id, epoch, expiredSeq: 0, days: 7 }
    const later = { ...server.tools, clock: () => new Date(Date.now() + 9 * 24 * 3_600_000) }
    await expireRoom(later, room, { from: 0, isStopped: () => false })
    await waitFor('nothing is left of the three', async () =>
      (await count(server, `link_previews where id in (${ids.map((id) => `'${id}'`)})`)) === 0
        ? true
        : undefined,
    )
    expect(await previewsOf(server, cleo, keeper, kept)).toEqual([held!])
    expect(await previewsOf(server, ben, keeper, deleted)).toBeUndefined()
    // Somebody looked at the links of a message while another node deleted it.
    const left = await showPreview(server, keeper, deleted, { title: 'Left' })
    await forgetDeleted(server.tools)
    await forgetAllUnused(server.tools)
    expect([
      await count(server, `message_previews where preview_id = '${left}'`),
      await count(server, `link_previews where id = '${left}'`),
    ]).toEqual([0, 0])
  })

  test('the database has no address and no title, and knows everything again with the next key', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const seq = await post(server, ben, room, site.url('/many/sealed-away'))
    const [preview] = await shown(server, ben, room, seq)
    for (const table of ['link_previews', 'message_previews']) {
      const rows = await server.tools.sql.query(`select row_to_json(${table}) as row from ${table}`)
      expect(JSON.stringify(rows)).not.toMatch(/sealed-away|127\.0\.0\.2|Page /)
    }
    const { policy } = server.tools
    const before = policy.keyring
    const next = parseKeyring(makeKey()).current
    policy.keyring = { current: next, older: [before.current] }
    await resealPreviews(server.tools)
    policy.keyring = { current: next, older: [] }
    const key = await server.tools.sql.query<{ key: number }>('select key from rooms where id = $1', [room])
    const [[event] = []] = await latelyShown(server.tools, [{ key: key[0]!.key, after: 0 }])
    expect(JSON.parse(event!).previews).toEqual([preview])
    policy.keyring = { current: before.current, older: [next] }
    await resealPreviews(server.tools)
    policy.keyring = before
    expect(await previewsOf(server, ben, room, seq)).toEqual([preview!])
  })
})

test('one person has the server open so many pages, and no more', async () => {
  const server = await startServer({ settings: { ...settings, RATE_LIMITS: 'on' } })
  allowSite(server.tools)
  const { ben } = await cast(server)
  const site = startSite({ '/many/': titled('A page') })
  const room = await makeRoom(server, ben)
  const began = performance.now()
  for (let n = 0; n < 30; n++) await post(server, ben, room, site.url(`/many/${n}`))
  await waitFor('some were fetched', async () => (site.asked.length >= 20 ? true : undefined))
  await idle(server)
  const mayHaveCome = Math.ceil((performance.now() - began) / 3000)
  expect(site.asked.length).toBeLessThanOrEqual(20 + mayHaveCome)
  site.stop()
  await server.stop()
})

test('what another node was fetching when it was killed is fetched once its lease has ended', async () => {
  const server = await startServer({ settings })
  const { tools } = server
  allowSite(tools)
  const { ben } = await cast(server)
  const site = startSite({ '/page': titled('A page') })
  const room = await makeRoom(server, ben)
  const seq = await post(server, ben, room, site.url('/page'))
  await shown(server, ben, room, seq)
  const lease = (until: string) =>
    tools.sql.query(
      `update link_previews set state = 'wanted', picture = null, node = 'gone', node_until = now() + $1::interval`,
      [until],
    )
  const { signal } = new AbortController()
  await lease('1 hour')
  expect(await fetchNext(tools, signal)).toBe(false)
  expect(await previewsOf(server, ben, room, seq)).toBeUndefined()
  await lease('-1 second')
  expect(await fetchNext(tools, signal)).toBe(true)
  expect(await previewsOf(server, ben, room, seq)).toMatchObject([{ title: 'A page' }])
  // One that has ended three processes is not opened again.
  await tools.sql.query("update link_previews set state = 'wanted', node_until = null, tries = 3")
  expect(await fetchNext(tools, signal)).toBe(true)
  expect([site.count('/page'), await count(server, 'message_previews')]).toEqual([2, 0])
  site.stop()
  await server.stop()
})

test('without PREVIEWS=on no page is opened, and what was kept is removed', async () => {
  const server = await startServer({ settings })
  allowSite(server.tools)
  const { ben } = await cast(server)
  const site = startSite({ '/page': titled('A page'), '/other': titled('Another') })
  const room = await makeRoom(server, ben)
  await shown(server, ben, room, await post(server, ben, room, site.url('/page')))
  const limit = async () => (await limitsOf(server, ben)).previews_per_message
  expect(await limit()).toBe(3)
  await server.restart({ PREVIEWS: 'off' })
  await waitFor('nothing is kept', async () =>
    (await count(server, 'link_previews')) + (await count(server, 'message_previews')) === 0
      ? true
      : undefined,
  )
  await post(server, ben, room, site.url('/other'))
  expect([await limit(), site.count('/other')]).toEqual([0, 0])
  site.stop()
  await server.stop()
})

async function limitsOf(server: { url: string }, person: Person) {
  const socket = await socketOf(server, person)
  const { limits } = await socket.next('hello')
  socket.close()
  return limits
}

describe.skipIf(!(await postgresForTests()))('two nodes', () => {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(2).buses, settings)
    for (const { tools } of nodes.servers) allowSite(tools)
  })
  afterAll(() => nodes.stop())

  test('fetch a page once, and tell the readers of both', async () => {
    const [one, other] = nodes.servers as [Nodes['servers'][number], Nodes['servers'][number]]
    const [ben, cleo] = [await signUp(one, 'ben'), await signUp(one, 'cleo')]
    const site = startSite({ '/page': titled('A page') })
    const room = await makeRoom(one, ben, [cleo])
    const socket = await socketOf(other, cleo)
    await socket.ask({ type: 'room.subscribe', room })
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        post(n % 2 ? one : other, n % 2 ? ben : cleo, room, site.url('/page')),
      ),
    )
    const heard = new Set<number>()
    while (heard.size < 20) {
      const { seq, previews } = await socket.next('preview.changed')
      if (previews.length === 1) heard.add(seq)
    }
    expect(site.count('/page')).toBe(1)
    socket.close()
    site.stop()
  })
})

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
const zip = Buffer.concat([Buffer.from('PK\u0003\u0004\u0014\0\0\0\b\0', 'latin1'), Buffer.alloc(200)])

/** A PNG of 100,000 by 100,000 pixels, by its header. */
function pixelBomb(): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  )
  bytes.writeUInt32BE(100_000, 16)
  bytes.writeUInt32BE(100_000, 20)
  bytes.writeUInt32BE(Bun.hash.crc32(bytes.subarray(12, 29)), 29)
  return new Uint8Array(bytes)
}

function endless(piece: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(piece) })
}

function dripping(): ReadableStream<Uint8Array> {
  let timer: ReturnType<typeof setInterval>
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('<title>Slow'))
      timer = setInterval(() => controller.enqueue(new Uint8Array([0x20])), 50)
    },
    cancel: () => clearInterval(timer),
  })
}
