import { expect, test } from 'bun:test'
import type { Message } from '../../src/protocol/messages.ts'
import type { RoomState } from '../../src/sdk/state.ts'
import { createStyle } from '../../src/tui/style.ts'
import { createTimeline } from '../../src/tui/timeline.ts'

const message = (seq: number): Message => ({
  ...{
    room: 'tea',
    seq,
    author: { username: 'ben', display_name: 'Ben' },
    content: `words ${seq}`,
    reactions: [],
  },
  created_at: '2026-01-01T10:00:00.000Z',
})
const room = (count: number) =>
  ({ messages: Array.from({ length: count }, (_, n) => message(n + 1)), pending: [] }) as unknown as RoomState
const look = { columns: 60, style: createStyle(false), me: 'ben', hides: () => false }

test('a key press draws no message again: only what changed the room or the screen does', () => {
  const timeline = createTimeline()
  const talk = room(3)
  const rows = timeline(talk, [], look)
  expect(timeline({ ...talk, typing: ['cleo'] }, [], { ...look })).toBe(rows)
  const note = { key: 'note 1', room: 'tea', after: 3, lines: ['cleo left'], alarm: false }
  expect(timeline(talk, [note], look).at(-1)?.text).toContain('cleo left')
  expect(timeline({ ...talk, messages: [...talk.messages, message(4)] }, [], look).at(-1)?.text).toContain(
    'words 4',
  )
  expect(timeline(talk, [], { ...look, columns: 30 })).not.toBe(rows)
})

test('a link that looks like one to another host is followed by the real host', () => {
  const evil = { ...message(1), content: 'See https://good.example@evil.test/ and https://аpple.com.' }
  const rows = createTimeline()({ ...room(0), messages: [evil] }, [], { ...look, columns: 120 })
  const text = rows.map((row) => row.text).join(' ')
  expect(text).toContain('https://good.example@evil.test/ (evil.test)')
  expect(text).toContain('https://аpple.com (xn--pple-43d.com).')
})
