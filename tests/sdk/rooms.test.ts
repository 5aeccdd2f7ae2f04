import { afterEach, describe, expect, test } from 'bun:test'
import { apply } from '../../src/sdk/apply.ts'
import { applyHello, applyMemberPage, applyMembers, applyRooms } from '../../src/sdk/apply-fetched.ts'
import { createClient } from '../../src/sdk/client.ts'
import { tokenSession } from '../../src/sdk/credentials.ts'
import { type DurableEvent, type Event, roomOf, type State } from '../../src/sdk/state.ts'
import { fetched } from './histories.ts'
import { createModel } from './model.ts'
import { room, startPeer, until, user } from './peer.ts'

const general = (state: State) => roomOf(state, 'general')!
const deed = { who: 'ada', on: 0, emoji: '👍', role: 'member' } as const

function started() {
  const model = createModel()
  model.act({ ...deed, what: 'member.joined' })
  return { model, state: fetched(model, 1) }
}
const after = (state: State, ...events: Event[]) =>
  events.reduce((next, event) => apply(next, event).state, state)
const mention = (seq: number): Event => ({ type: 'mention.created', room: 'general', seq, actor: 'ada' })

test('a favourite is one on all clients of a person', () => {
  const { state } = started()
  const marked = after(state, { type: 'favourite.changed', room: 'general', favourite: true })
  expect([general(state).favourite, general(marked).favourite]).toEqual([false, true])
  const ended = after(marked, { type: 'favourite.changed', room: 'general', favourite: false })
  expect(general(ended).favourite).toBe(false)
})

describe('mentions', () => {
  test('are counted once each until they are read', () => {
    const { model, state } = started()
    const said = [1, 2].flatMap(() => model.act({ ...deed, what: 'message.created' }))
    const heard = after(state, ...said, mention(2), mention(3), mention(2))
    expect(general(heard).mentioned).toEqual([2, 3])
    const read = after(heard, { type: 'read.changed', room: 'general', read_seq: 2, unread: 1, head: 3 })
    expect(general(read).mentioned).toEqual([3])
    expect(general(after(read, mention(1))).mentioned).toEqual([3])
  })

  test('of a message that was deleted are none', () => {
    const { model, state } = started()
    const said = model.act({ ...deed, what: 'message.created' })
    const heard = after(state, ...said, mention(2))
    expect(general(after(heard, ...model.act({ ...deed, what: 'message.deleted' }))).mentioned).toEqual([])
  })

  test('stay over a reconnection, except the ones read elsewhere', () => {
    const { model, state } = started()
    const heard = after(state, ...model.act({ ...deed, what: 'message.created' }), mention(2))
    expect(general(applyHello(heard, model.hello())).mentioned).toEqual([2])
    model.act({ ...deed, what: 'read', on: 1 })
    expect(general(applyHello(heard, model.hello())).mentioned).toEqual([])
  })
})

test('a list of rooms says which are archived, slow and quiet, and who is in a direct room', () => {
  const { state } = started()
  const shared = {
    id: 'general',
    title: 'General',
    description: '',
    access: 'direct',
    posting: 'members',
  } as const
  const facts = { archived: true, slow_seconds: 30, notify: 'mentions', people: ['ada', 'ben'] } as const
  const listed = {
    ...shared,
    ...facts,
    people: ['ada', 'ben'],
    epoch: 'e1',
    head: 1,
    created_at: user.created_at,
  }
  expect(general(applyRooms(state, [listed]))).toMatchObject(facts)
  const plain = { ...listed, archived: false, slow_seconds: 0 }
  const opened: Event = {
    type: 'room.opened',
    room: { ...plain, role: 'member', notify: 'nothing', favourite: true },
  }
  expect(general(after(state, opened))).toMatchObject({
    archived: false,
    slow_seconds: 0,
    notify: 'nothing',
    favourite: true,
  })
})

test('a room knows how many people are online, also where nobody is named any more', () => {
  const changed = (event: { online?: string[]; offline?: string[]; count: number }): Event => ({
    type: 'presence.changed',
    room: 'general',
    ...event,
  })
  const { state } = started()
  const named = after(state, changed({ online: ['ben', 'ada'], count: 2 }))
  expect(general(named)).toMatchObject({ online: ['ada', 'ben'], online_count: 2 })
  const crowded = after(named, changed({ count: 12_345 }))
  expect(general(crowded)).toMatchObject({ online: ['ada', 'ben'], online_count: 12_345 })
  const quiet = after(crowded, changed({ online: ['cleo', 'ben'], count: 2 }))
  expect(general(quiet)).toMatchObject({ online: ['ben', 'cleo'], online_count: 2 })
  const left = after(quiet, changed({ offline: ['cleo'], count: 1 }))
  expect(general(left)).toMatchObject({ online: ['ben'], online_count: 1 })
})

describe('members, a page at a time', () => {
  const { state } = started()
  const member = (username: string, status: 'online' | 'offline' = 'offline') => ({
    ...{ username, display_name: username.toUpperCase(), role: 'member' as const, status },
    joined_at: user.created_at,
  })
  const first = applyMemberPage(
    state,
    'general',
    { items: [member('ada', 'online')], next: 'ada' },
    undefined,
    [],
  )

  test('are the whole list together', () => {
    expect(general(first).members_after).toBe('ada')
    const whole = applyMemberPage(first, 'general', { items: [member('ben'), member('cleo')] }, 'ada', [])
    const { online, online_count: _, ...rest } = general(whole)
    const everyone = [member('ada', 'online'), member('ben'), member('cleo')]
    const { online: __, online_count: ___, ...asOne } = general(applyMembers(state, 'general', everyone, []))
    expect(rest).toEqual(asOne)
    expect(online).toEqual(['ada'])
  })

  test('do not bring back a member who left while a page was loading', () => {
    const left = { type: 'member.left', room: 'general', epoch: 'e1', seq: 2, at: '', actor: 'cleo' } as const
    const since: DurableEvent[] = [{ ...left, username: 'cleo', role: 'member' }]
    const whole = applyMemberPage(first, 'general', { items: [member('ben'), member('cleo')] }, 'ada', since)
    expect(general(whole).members!.map(({ username }) => username)).toEqual(['ada', 'ben'])
  })

  test('of a direct room have read marks, which never move back', () => {
    const marked = (username: string, read_seq: number) => ({
      ...member(username),
      ...{ read_seq, delivered_seq: read_seq + 1 },
    })
    const heard: Event = {
      ...{ type: 'receipt.changed', room: 'general', username: 'cleo' },
      ...{ delivered_seq: 9, read_seq: 9 },
    }
    const whole = applyMembers(after(state, heard), 'general', [marked('ben', 4), marked('cleo', 7)], [])
    expect(general(whole).receipts).toEqual({
      ben: { delivered_seq: 5, read_seq: 4 },
      cleo: { delivered_seq: 9, read_seq: 9 },
    })
    const again = applyMembers(whole, 'general', [member('ben')], [])
    expect(general(again).receipts).toBe(general(whole).receipts)
  })

  test('that are requested twice change nothing', () => {
    const page = { items: [member('ben')], next: 'ben' }
    const second = applyMemberPage(first, 'general', page, 'ada', [])
    expect(applyMemberPage(second, 'general', page, 'ada', [])).toBe(second)
  })
})

describe('a client', () => {
  const closing: (() => unknown)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })
  const start = (script: Parameters<typeof startPeer>[0]) => {
    const peer = startPeer(script)
    const session = tokenSession({ access_token: 'first', refresh_token: 'r1', expires_in: 900 })
    const client = createClient({ url: peer.url, session, backoff: { minMs: 5, maxMs: 20 } })
    closing.push(client.close, peer.stop)
    client.connect()
    return { client, online: () => until(() => client.state.status === 'online') }
  }
  const made = { ...room(1), description: 'Boats', posting: 'members', created_at: user.created_at }

  test('has a room in its state as soon as it creates it, accepts an invitation or opens a direct room', async () => {
    const asked: string[] = []
    const { client, online } = start({
      answer: ({ type, usernames }) =>
        type === 'direct.open' ? { ...made, id: `with-${usernames}`, access: 'direct' } : undefined,
      http(method, path) {
        asked.push(`${method} ${path}`)
        return Response.json({ ...made, id: `room-${asked.length}` })
      },
    })
    await online()
    expect((await client.createRoom({ title: 'Boats' })).id).toBe('room-1')
    expect((await client.acceptInvite('a/b')).id).toBe('room-2')
    expect((await client.openDirect(['ada'])).id).toBe('with-ada')
    expect(asked).toEqual(['POST /rooms', 'POST /invites/a%2Fb/accept'])
    expect(Object.keys(client.state.rooms)).toEqual(['general', 'room-1', 'room-2', 'with-ada'])
  })

  test('fetches the pages of a long list of members as it is asked to, and no more', async () => {
    const asked: string[] = []
    const names = ['ada', 'ben', 'cleo']
    const { client, online } = start({
      http(_method, path, _body, request) {
        const from = new URL(request.url).searchParams.get('after') ?? ''
        asked.push(`${path} ${from}`)
        const [username, next] = names.filter((name) => name > from)
        const member = { username, display_name: '', role: 'member', status: 'offline' }
        return Response.json({ items: [member], ...(next ? { next: username } : {}) })
      },
    })
    await online()
    expect(await client.room('general').moreMembers()).toBe(true)
    expect(await client.room('general').moreMembers()).toBe(true)
    expect(await client.room('general').moreMembers()).toBe(false)
    expect(await client.room('general').moreMembers()).toBe(false)
    expect(asked).toHaveLength(3)
    expect(general(client.state).members!.map(({ username }) => username)).toEqual(names)
    expect(await client.room('general').moreMembers({ fromStart: true })).toBe(true)
    expect(general(client.state).members).toHaveLength(1)
  })

  test('knows its own notification level at once', async () => {
    const { client, online } = start({ http: () => new Response(null, { status: 204 }) })
    await online()
    await client.room('general').setNotify('nothing')
    expect(general(client.state).notify).toBe('nothing')
  })
})
