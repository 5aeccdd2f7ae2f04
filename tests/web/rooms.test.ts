import { describe, expect, test } from 'bun:test'
import { initialState, type RoomState, roomState, type State } from '../../src/sdk/state.ts'
import { limitConcurrency } from '../../src/web/ground/limit-concurrency.ts'
import { isFound } from '../../src/web/ground/search.ts'
import { callByName, namelessIn } from '../../src/web/people/names.ts'
import { acquaintances, membersIn } from '../../src/web/people/people.ts'
import { addressFor } from '../../src/web/rooms/room-address.ts'
import { isNewcomer, joinedRooms, rowsIn, sameRows, unreadIn } from '../../src/web/rooms/rows.ts'

const me = {
  id: 'u-ben',
  username: 'ben',
  display_name: 'Ben',
  roles: ['user' as const],
  created_at: '2026-01-01T00:00:00.000Z',
}
const room = (id: string, more: Partial<RoomState> = {}): RoomState => ({
  ...roomState({ id, title: id, access: 'open', epoch: 'e1', head: 0 }),
  role: 'member',
  ...more,
})
const stateOf = (...rooms: RoomState[]): State => ({
  ...initialState,
  me,
  rooms: Object.fromEntries(rooms.map((each) => [each.id, each])),
})
const direct = (id: string, people: string[], more: Partial<RoomState> = {}) =>
  room(id, { access: 'direct', people, ...more })
/** Without the marks that keep a name's direction to itself. */
const plain = (text: string) => text.replace(/[\u2068\u2069]/g, '')

describe('the list at the side', () => {
  test('offers rooms to a person who is in none, and to one who is only in that of the administrators', () => {
    const isNew = (...rooms: RoomState[]) => isNewcomer(rowsIn(stateOf(...rooms)))
    const admins = room('admin_room', { access: 'admins' })
    expect([isNew(), isNew(admins), isNew({ ...admins, favourite: true })]).toEqual([true, true, true])
    expect([isNew(admins, room('general')), isNew(direct('d1', ['ada', 'ben']))]).toEqual([false, false])
    const filed = room('general', { section: 's1' })
    const state = {
      ...stateOf(filed),
      arrangement: { order: 'title', sections: [{ id: 's1', name: 'One' }] } as const,
    }
    expect(isNewcomer(rowsIn(state as unknown as State))).toBe(false)
  })

  test('has rooms, direct messages and archived ones, each by title', () => {
    const state = stateOf(
      room('old', { archived: true }),
      room('zebra', { unread: 9 }),
      direct('d1', ['ada', 'ben'], { title: 'Ada' }),
      room('Äpfel'),
      room('boats'),
      room('left', { role: undefined as never }),
    )
    expect(joinedRooms(state).map(({ id }) => id)).toEqual(['Äpfel', 'boats', 'zebra', 'd1', 'old'])
    expect(rowsIn(state).archived.map(({ id }) => id)).toEqual(['old'])
  })

  test('has favourites of every kind first, archived ones too', () => {
    const favourite = true
    const state = stateOf(
      room('old', { archived: true, favourite }),
      room('boats'),
      room('zebra', { favourite }),
      direct('d1', ['ada', 'ben'], { title: 'Ada', favourite }),
    )
    expect(joinedRooms(state).map(({ id }) => id)).toEqual(['d1', 'old', 'zebra', 'boats'])
    expect(rowsIn(state).favourites.map(({ id }) => id)).toEqual(['d1', 'old', 'zebra'])
    expect(rowsIn(state).rooms.map(({ id }) => id)).toEqual(['boats'])
  })

  test('has sections of your own after the favourites, in your order, with what you moved into them', () => {
    const arrangement = {
      order: 'title' as const,
      sections: [
        { id: 's2', name: 'Work' },
        { id: 's1', name: 'Home' },
      ],
    }
    const state = {
      ...stateOf(
        room('zebra', { section: 's1' }),
        room('boats', { section: 's1' }),
        room('plain'),
        room('gone', { section: 's3' }),
        room('liked', { section: 's2', favourite: true }),
        room('old', { section: 's2', archived: true }),
        direct('d1', ['ada', 'ben'], { title: 'Ada', section: 's2' }),
      ),
      arrangement,
    }
    const rows = rowsIn(state)
    expect(rows.own.map(({ name, rows }) => [name, ...rows.map(({ id }) => id)])).toEqual([
      ['Work', 'd1'],
      ['Home', 'boats', 'zebra'],
    ])
    expect(rows.rooms.map(({ id }) => id)).toEqual(['gone', 'plain'])
    expect(joinedRooms(state).map(({ id }) => id)).toEqual([
      'liked',
      'd1',
      'boats',
      'zebra',
      'gone',
      'plain',
      'old',
    ])
    expect(sameRows(rows, rowsIn({ ...state }))).toBe(true)
    const renamed = arrangement.sections.map((section) => ({ ...section, name: 'Office' }))
    for (const sections of [renamed, arrangement.sections.toReversed(), []])
      expect(sameRows(rows, rowsIn({ ...state, arrangement: { ...arrangement, sections } }))).toBe(false)
  })

  test('is by activity where you want that, and direct messages always are', () => {
    const at = (day: number) => ({ last_at: `2026-11-0${day}T00:00:00.000Z` })
    const state = stateOf(
      room('boats', at(1)),
      room('quay', at(3)),
      room('anchor', at(3)),
      room('new'),
      direct('d1', ['ada', 'ben'], { title: 'Ada', ...at(1) }),
      direct('d2', ['ben', 'cleo'], { title: 'Cleo', ...at(2) }),
    )
    expect(joinedRooms(state).map(({ id }) => id)).toEqual(['anchor', 'boats', 'new', 'quay', 'd2', 'd1'])
    const byActivity = { ...state, arrangement: { order: 'activity' as const, sections: [] } }
    expect(joinedRooms(byActivity).map(({ id }) => id)).toEqual([
      'anchor',
      'quay',
      'boats',
      'new',
      'd2',
      'd1',
    ])
  })

  test('emphasises mentions and direct messages, and is quiet in rooms you have muted', () => {
    const toneOf = (more: Partial<RoomState>) => rowsIn(stateOf(room('boats', more))).rooms[0]
    expect(toneOf({ unread: 1 })).toMatchObject({ tone: 'plain', mentions: 0 })
    expect(toneOf({ unread: 1, mentions: 1 })).toMatchObject({ tone: 'loud', mentions: 1 })
    expect(toneOf({ unread: 1, notify: 'mentions' })?.tone).toBe('quiet')
    expect(toneOf({ unread: 1, notify: 'mentions', mentions: 1 })?.tone).toBe('loud')
    expect(toneOf({ unread: 1, notify: 'nothing', mentions: 1 })).toMatchObject({
      tone: 'quiet',
      muted: true,
      mentions: 0,
    })
    expect(toneOf({ notify: 'mentions' })?.muted).toBe(false)
    expect(rowsIn(stateOf(direct('d', ['ada', 'ben']))).directs[0]).toMatchObject({
      tone: 'loud',
      online: false,
    })
    const online = direct('d', ['ada', 'ben'], { online: ['ada', 'ben'] })
    expect(rowsIn(stateOf(online)).directs[0]?.online).toBe(true)
  })

  test('is the same list when nothing that it shows has changed', () => {
    const before = stateOf(room('boats', { unread: 1 }))
    const typing = stateOf(room('boats', { unread: 1, typing: ['ada'], head: 7 }))
    expect(sameRows(rowsIn(before), rowsIn(typing))).toBe(true)
    for (const change of [{ unread: 2 }, { title: 'Ships' }, { mentions: 1 }])
      expect(sameRows(rowsIn(before), rowsIn(stateOf(room('boats', { unread: 1, ...change }))))).toBe(false)
    expect(sameRows(rowsIn(before), rowsIn(stateOf()))).toBe(false)
  })

  test('counts in the title of the page only rooms that notify you', () => {
    const state = stateOf(
      room('all', { unread: 1 }),
      room('mentions', { unread: 10, mentions: 2, notify: 'mentions' }),
      room('nothing', { unread: 100, mentions: 1, notify: 'nothing' }),
    )
    expect(unreadIn(state)).toBe(3)
  })
})

test('rooms are found by any words of theirs, whatever the case and the accents', () => {
  expect(isFound('', 'Boats')).toBe(true)
  expect(isFound('SAIL boa', 'Boäts', 'and sails')).toBe(true)
  expect(isFound('boats oars', 'Boats', 'and sails')).toBe(false)
})

test('a title becomes an address of the allowed characters', () => {
  expect(addressFor('Rust & Friends')).toBe('rust-friends')
  expect(addressFor('  Crème Brûlée! ')).toBe('creme-brulee')
  expect(addressFor('港口')).toBe('')
  expect(addressFor(`${'a'.repeat(63)} b`)).toBe('a'.repeat(63))
})

describe('a direct room', () => {
  const names = new Map([['ada', 'Ada Lovelace']])

  test('is named after the others in it, by the names that are known', () => {
    const titleOf = (...people: string[]) =>
      plain(callByName(stateOf(direct('d', people)), names).rooms.d!.title)
    expect(titleOf('ada', 'ben')).toBe('Ada Lovelace')
    expect(titleOf('ada', 'ben', 'cleo')).toBe('Ada Lovelace and cleo')
    expect(titleOf('deleted-user', 'ben')).toBe('Deleted account')
  })

  test('stays the same object as long as it is the same, so that views can compare by it', () => {
    const state = stateOf(direct('d', ['ada', 'ben']), room('boats'))
    const once = callByName(state, names)
    expect(callByName({ ...state, status: 'online' }, names).rooms.d).toBe(once.rooms.d!)
    expect(callByName(state, new Map(names)).rooms.d).not.toBe(once.rooms.d!)
    expect(once.rooms.boats).toBe(state.rooms.boats!)
  })

  test('loads its people if their names are not known', () => {
    const members = [{ username: 'cleo', role: 'member', display_name: 'Cleo' } as const]
    const state = stateOf(
      direct('d1', ['ada', 'ben']),
      direct('d2', ['ben', 'cleo'], { members }),
      direct('d3', ['ben', 'dan', 'deleted-user']),
    )
    expect(namelessIn(state, names, undefined)).toEqual(['dan'])
  })
})

describe('a new member', () => {
  const members = [
    { username: 'ada', role: 'member' },
    { username: 'cleo', role: 'member', display_name: 'Cleo' },
  ] as const

  test('of the room in view is loaded, and then shown by name', () => {
    const state = stateOf(room('boats', { members, online: ['ada'] }))
    expect(namelessIn(state, new Map(), 'boats')).toEqual(['ada'])
    expect(namelessIn(state, new Map(), 'ships')).toEqual([])
    const { boats } = callByName(state, new Map([['ada', 'Ada Lovelace']])).rooms
    expect(membersIn(boats!, me).online[0]?.name).toBe('Ada Lovelace')
    expect(boats!.members![1]).toBe(members[1])
  })
})

describe('people', () => {
  const member = (username: string) =>
    ({ username, role: 'member', display_name: username.toUpperCase() }) as const

  test('are online or offline, you first, then by name; an incomplete list keeps its order', () => {
    const members = ['ada', 'ben', 'cleo', 'dan'].map(member)
    const { online, offline } = membersIn(room('boats', { members, online: ['ada', 'ben'] }), me)
    expect(online.map(({ username }) => username)).toEqual(['ben', 'ada'])
    expect(offline.map(({ name }) => name)).toEqual(['CLEO', 'DAN'])
    const renamed = [{ ...member('ada'), display_name: 'Zoe' }, member('cleo')]
    const more = room('boats', { members: renamed, members_after: 'cleo' })
    expect(membersIn(more, me).offline.map(({ name }) => name)).toEqual(['Zoe', 'CLEO'])
  })

  test('you know are those of your rooms, without yourself and without deleted users', () => {
    const members = ['ada', 'ben', 'deleted-user'].map(member)
    const state = stateOf(
      room('boats', { members }),
      room('ships', { members: [member('cleo'), member('ada')] }),
    )
    expect(acquaintances(state).map(({ username }) => username)).toEqual(['ada', 'cleo'])
  })
})

test('limitConcurrency runs a few at a time, in order, and continues after a failure', async () => {
  const turns = limitConcurrency(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  for (const n of [0, 1, 2, 3])
    turns.add(() => {
      begun.push(n)
      return new Promise((resolve, reject) =>
        ends.push(n === 0 ? () => reject(new Error('no')) : () => resolve(n)),
      )
    })
  expect(begun).toEqual([0, 1])
  ends[0]!()
  await Bun.sleep(0)
  expect(begun).toEqual([0, 1, 2])
  ends[1]!()
  ends[2]!()
  await Bun.sleep(0)
  expect(begun).toEqual([0, 1, 2, 3])
})
