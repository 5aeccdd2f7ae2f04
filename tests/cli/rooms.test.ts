import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openStorage } from '../../src/storage/open.ts'
import { migratedPlace } from '../seeds/place.ts'
import { rest, socketOf } from '../support/client.ts'
import { runCommand, tokensFor } from '../support/command-line.ts'
import { onBothDatabases } from '../support/server.ts'
import { type Served, serveHere } from './served.ts'

await onBothDatabases((database) => {
  let place: Awaited<ReturnType<typeof migratedPlace>>
  let server: Served
  let ada: { token: string }
  let ben: { token: string }

  const parley = (...words: string[]) => runCommand(words, place)
  const done = async (...words: string[]) => {
    const { code, stdout, stderr } = await parley(...words)
    expect([code, stderr]).toEqual([0, ''])
    return stdout
  }
  const refused = async (...words: string[]) => {
    const { code, stdout, stderr } = await parley(...words, '--json')
    expect([code, stdout]).toEqual([1, ''])
    return JSON.parse(stderr)
  }

  /** What the database still has of a deleted room. */
  async function leftOf(room: string) {
    const { DATA_DIR: dataDir, DATABASE_URL: databaseUrl } = place.env as Record<string, string>
    const storage = await openStorage({ dataDir: dataDir!, ...(databaseUrl && { databaseUrl }) })
    try {
      return await storage.query(
        `select (select count(*)::int from log where room_key = key) as entries,
                (select count(*)::int from members where room_key = key) as members
         from rooms where id = $1 and deleted_at is not null`,
        [room],
      )
    } finally {
      await storage.close()
    }
  }

  beforeAll(async () => {
    place = await migratedPlace(database)
    server = await serveHere(place)
    await done('user', 'create', 'ada', '--role', 'admin')
    await done('user', 'create', 'ben')
    const tokens = await tokensFor(['ada', 'ben'], place)
    ada = { token: tokens.get('ada')! }
    ben = { token: tokens.get('ben')! }
  })
  afterAll(async () => {
    await server?.stop()
    await place.remove()
  })

  test('the operator creates rooms with and without an owner', async () => {
    expect(await done('room', 'create', 'news', '--title', 'News 新', '--posting', 'moderators')).toBe(
      'created room news\n',
    )
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    const made = JSON.parse(
      await done('room', 'create', 'lunch', '--owner', 'ben', '--description', 'At noon', '--json'),
    )
    expect(made).toEqual({ id: 'lunch', title: 'lunch', access: 'open', posting: 'members', owner: 'ben' })
    expect(await socket.next('room.opened')).toMatchObject({ room: { id: 'lunch', role: 'owner' } })
    await socket.close()
    expect((await rest(server, ben).get('/rooms/news')).body).toMatchObject({
      ...{ title: 'News 新', posting: 'moderators', head: 0 },
    })
    expect((await rest(server, ben).post('/rooms/lunch/messages', { content: 'soup' })).status).toBe(201)
  })

  test('a private room gets an id that cannot be guessed, and needs an owner', async () => {
    const board = JSON.parse(
      await done('room', 'create', 'board', '--access', 'closed', '--owner', 'ben', '--json'),
    )
    expect(board).toMatchObject({ title: 'board', access: 'closed', owner: 'ben' })
    expect(board.id).toMatch(/^[a-z0-9]{12,}$/)
    expect((await rest(server, ben).get(`/rooms/${board.id}`)).body.role).toBe('owner')
    expect(await refused('room', 'create', 'board', '--access', 'closed')).toMatchObject({
      reason: 'owner_required',
    })
  })

  test('an invalid room is refused with the reason', async () => {
    const cases: [string[], object][] = [
      [['No Room'], { code: 'invalid', errors: [{ path: '/id', reason: 'room_id_format' }] }],
      [['news'], { code: 'conflict', reason: 'room_taken' }],
      [['other', '--title', ' '], { code: 'invalid', errors: [{ path: '/title' }] }],
      [['other', '--owner', 'dan'], { code: 'not_found', reason: 'user_not_found' }],
      [['other', '--access', 'admins', '--owner', 'ben'], { code: 'invalid', reason: 'owner_not_admin' }],
    ]
    for (const [words, problem] of cases)
      expect(await refused('room', 'create', ...words)).toMatchObject(problem)
    const { code, stderr } = await parley('room', 'create', 'other', '--access', 'direct')
    expect([code, stderr]).toEqual([2, expect.stringContaining('--access must be open, closed or admins')])
  })

  test('the list has every room but the direct ones', async () => {
    expect((await rest(server, ben).post('/directs', { usernames: ['ada'] })).status).toBe(200)
    const list = (await done('room', 'list')).trimEnd().split('\n')
    expect(list).toContain('lunch\topen\t1 member\t2 events\tlunch')
    expect(list).toContain('news\topen\t0 members\t0 events\tNews 新')
    expect(list.filter((line) => line.includes('direct'))).toEqual([])
    const described = JSON.parse(await done('room', 'list', '--json'))
    expect(described.find(({ id }: { id: string }) => id === 'lunch')).toEqual({
      ...{ id: 'lunch', title: 'lunch', access: 'open', posting: 'members', members: 1, head: 2 },
      ...{ archived: false, created_at: expect.any(String) },
    })
  })

  test('a deleted room is gone for everyone at once, and its name may be used again', async () => {
    const socket = await socketOf(server, ben)
    expect(await socket.ask({ type: 'room.subscribe', room: 'lunch' })).toMatchObject({ type: 'reply' })
    expect(await done('room', 'delete', 'lunch', '--yes')).toBe('deleted room lunch\n')
    expect(await socket.next('room.closed')).toMatchObject({ room: 'lunch', reason: 'deleted' })
    expect(await socket.ask({ type: 'message.send', room: 'lunch', content: 'more?' })).toMatchObject({
      code: 'not_found',
    })
    await socket.close()
    expect((await rest(server, ada).get('/rooms/lunch')).status).toBe(404)
    expect(await refused('room', 'delete', 'lunch', '--yes')).toMatchObject({
      code: 'not_found',
      reason: 'room_not_found',
    })
    await done('room', 'create', 'lunch')
    expect((await rest(server, ben).get('/rooms/lunch')).body.head).toBe(0)
  })

  test('the operator cannot act in direct rooms', async () => {
    const { body } = await rest(server, ben).post('/directs', { usernames: ['ada'] })
    expect((await rest(server, ben).get(`/rooms/${body.id}`)).body.access).toBe('direct')
    expect(await refused('room', 'delete', body.id, '--yes')).toMatchObject({ code: 'not_found' })
    expect((await rest(server, ben).get(`/rooms/${body.id}`)).status).toBe(200)
  })

  test('the audit tells of rooms made and deleted', async () => {
    const { body } = await rest(server, ada).get('/audit?limit=100')
    const acts = body.items
      .filter(({ action }: { action: string }) => action.startsWith('room.'))
      .map(({ actor, action, room, subject }: Record<string, string>) => [actor, action, room, subject])
    expect(acts).toContainEqual([undefined, 'room.created', 'news', undefined])
    expect(acts).toContainEqual([undefined, 'room.created', 'lunch', 'ben'])
    expect(acts).toContainEqual([undefined, 'room.deleted', 'lunch', undefined])
  })

  test('without a server the same works in the database, and nothing of a deleted room is left', async () => {
    await done('room', 'create', 'attic', '--owner', 'ben')
    expect((await rest(server, ben).post('/rooms/attic/messages', { content: 'dust' })).status).toBe(201)
    await server.stop()
    expect((await parley('room', 'delete', 'attic', '--yes')).stdout).toBe('deleted room attic\n')
    expect(await leftOf('attic')).toEqual([{ entries: 0, members: 0 }])
    expect((await parley('room', 'delete', 'news', '--yes')).stdout).toBe('deleted room news\n')
    expect(await done('room', 'create', 'news', '--owner', 'ada')).toBe('created room news of ada\n')
    expect(await done('room', 'list')).toContain('news\topen\t1 member\t1 event\tnews\n')
    server = await serveHere(place)
    expect((await rest(server, ada).get('/rooms/news')).body).toMatchObject({ role: 'owner', head: 1 })
  })
})
