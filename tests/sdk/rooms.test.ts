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
  const counted = (state: State) => [general(state).unread, general(state).mentions]
  const read = (read_seq: number, unread: number, mentions: number, head: number): Event => ({
    ...{ type: 'read.changed', room: 'general', read_seq, unread, mentions, head },
  })

  test('are counted once each until they are read', () => {
    const { model, state } = started()
    const said = [1, 2].flatMap(() => model.act({ ...deed, what: 'message.created' }))
    const heard = after(state, ...said, mention(2), mention(3), mention(2))
    expect(counted(heard)).toEqual([2, 2])
    const later = after(heard, read(2, 1, 1, 3))
    expect(counted(later)).toEqual([1, 1])
    // It comes late: the server has counted it.
    expect(counted(after(later, mention(1), mention(3)))).toEqual([1, 1])
    expect(counted(after(later, read(3, 0, 0, 3)))).toEqual([0, 0])
  })

  test('that were counted by the server, and those that come after, end with their message', () => {
    const { model, state } = started()
    const said = [1, 2, 3].flatMap(() => model.act({ ...deed, what: 'message.created' }))
    const [hello] = [model.hello()]
    const greeted = applyHello(after(state, ...said), {
      ...hello,
      rooms: hello.rooms.map((each) => ({ ...each, mentions: 2 })),
    })
    expect(counted(greeted)).toEqual([3, 2])
    const more = after(greeted, ...model.act({ ...deed, what: 'message.created' }), mention(5))
    const edited: Event = { ...mention(3), edit: 6 } as Event
    expect(counted(after(more, edited))).toEqual([4, 4])
    const gone = (seq: number): Event => ({ type: 'mention.deleted', room: 'general', seq })
    expect(counted(after(more, edited, gone(3), gone(5), gone(2)))).toEqual([4, 1])
    // Another reconnection: the server has counted all of them.
    const again = { ...model.hello(), rooms: [{ ...model.hello().rooms[0]!, mentions: 3 }] }
    expect(counted(applyHello(more, again))).toEqual([4, 3])
  })

  test('of everybody are not for the author, nor from somebody you have blocked', () => {
    const { model, state } = started()
    const heard = after(state, ...model.act({ ...deed, what: 'message.created' }))
    const everybody = (actor: string): Event => ({ ...mention(2), kind: 'room', actor }) as Event
    expect(counted(after(heard, everybody('ben')))).toEqual([1, 0])
    expect(counted(after({ ...heard, blocked: ['ada'] }, everybody('ada')))).toEqual([1, 0])
    expect(counted(after(heard, everybody('ada')))).toEqual([1, 1])
  })

  test('are unread again with their messages, and stay so until you read on', () => {
    const { model, state } = started()
    const heard = after(state, ...model.act({ ...deed, what: 'message.created' }), read(2, 0, 0, 2))
    const back = after(heard, { ...read(1, 1, 1, 2), moved_back: true } as Event)
    expect([general(back).read_seq, ...counted(back), general(back).kept_unread]).toEqual([1, 1, 1, true])
    // Without the word, a mark that is further back comes late.
    expect(general(after(heard, read(1, 1, 1, 2))).read_seq).toBe(2)
    const on = after(back, read(2, 0, 0, 2))
    expect([...counted(on), general(on).kept_unread]).toEqual([0, 0, undefined])
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
