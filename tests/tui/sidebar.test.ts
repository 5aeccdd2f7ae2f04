import { expect, test } from 'bun:test'
import { initialState, roomState, type State } from '../../src/sdk/state.ts'
import { sidebarRows, titleOf } from '../../src/tui/sidebar.ts'
import { createStyle } from '../../src/tui/style.ts'

const me = {
  id: '1',
  username: 'ben',
  display_name: 'Ben',
  roles: ['user' as const],
  created_at: '2026-11-20T12:00:00Z',
}

test('a direct room is called after the others, with their usernames where another one looks alike', () => {
  const direct = (id: string, title: string, ...people: string[]) => ({
    ...roomState({ id, title, access: 'direct', epoch: 'e', head: 0, role: 'member' }),
    people: ['ben', ...people],
  })
  const rooms = [
    direct('a', 'Ben, Sam', 'sam'),
    direct('b', 'Ben, Ѕаm', 'sam.2'),
    direct('c', 'Ben, Dan', 'dan'),
  ]
  const state: State = {
    ...initialState,
    me,
    rooms: Object.fromEntries(rooms.map((room) => [room.id, room])),
  }
  expect(rooms.map((room) => titleOf(room, state))).toEqual(['@Sam (sam)', '@Ѕаm (sam.2)', '@Dan'])
})

test('after the other person of a direct room is the emoji of what they are doing, until it ends', () => {
  const rowWith = (custom_status: { emoji?: string; text: string; until?: string }) => {
    const room = roomState({ id: 'a', title: 'Dan', access: 'direct', epoch: 'e', head: 0, role: 'member' })
    const state = { ...initialState, me, rooms: { a: { ...room, people: ['ben', 'dan'], custom_status } } }
    return sidebarRows(state, undefined, { rows: 1, columns: 20, style: createStyle(false) })[0]!.trim()
  }
  expect(rowWith({ emoji: '🌴', text: 'Away' })).toBe('@Dan 🌴')
  expect(rowWith({ text: 'Away' })).toBe('@Dan')
  expect(rowWith({ emoji: '🌴', text: 'Away', until: '2020-01-01T00:00:00.000Z' })).toBe('@Dan')
})
