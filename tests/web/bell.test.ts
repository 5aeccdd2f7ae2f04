import { expect, test } from 'bun:test'
import { isMentionByEdit, isNotified, notificationOf } from '../../src/web/page/notifications.ts'
import { waitIn } from '../../src/web/talk/slow-mode.ts'
import { message, room } from './rooms.ts'

test('mentions and messages of direct rooms notify; a muted room does not', () => {
  const notified = (access: 'open' | 'direct', notify: 'all' | 'mentions' | 'nothing', setting = 'on') =>
    (['message', 'mention'] as const).filter((kind) => isNotified({ access, notify }, kind, setting))
  expect(notified('open', 'all')).toEqual(['mention'])
  expect(notified('open', 'mentions')).toEqual(['mention'])
  expect(notified('open', 'nothing')).toEqual([])
  expect(notified('direct', 'all')).toEqual(['message', 'mention'])
  expect(notified('direct', 'mentions')).toEqual(['mention'])
  expect(notified('direct', 'nothing')).toEqual([])
  expect(notified('open', 'all', 'all')).toEqual(['message', 'mention'])
  expect(notified('open', 'mentions', 'all')).toEqual(['mention'])
  expect(notified('direct', 'mentions', 'all')).toEqual(['mention'])
  expect(notified('open', 'nothing', 'all')).toEqual([])
})

test('a notification has author, room and text, without markup', () => {
  const talk = room({ messages: [message(4, 'ben', { content: '**Ahoy** `you`\nthere' })] })
  expect(notificationOf(talk, 4)).toEqual({
    title: '\u2068Ben\u2069 in \u2068General\u2069',
    body: 'Ahoy you there',
  })
  const direct = { ...talk, access: 'direct' as const, people: ['ada', 'ben'] }
  expect(notificationOf(direct, 4)?.title).toBe('Ben')
  expect(notificationOf(talk, 9)).toEqual({ title: 'General', body: 'You were mentioned.' })
})

test('a long message is cut between characters', () => {
  // A cut at 200 code units once left half of a wave, which systems show as a broken character.
  const talk = room({ messages: [message(4, 'ben', { content: `${'x'.repeat(199)}🌊🌊` })] })
  expect(notificationOf(talk, 4)?.body).toBe('x'.repeat(199))
})

test('a name cannot turn the sentence around it', () => {
  // U+2069 ended the isolate around the name, and U+202E then turned the rest of the line.
  const author = { username: 'eve', display_name: 'Eve\u2069\u202edrow' }
  const talk = room({ messages: [message(4, 'eve', { author })] })
  expect(notificationOf(talk, 4)?.title).toBe('\u2068Evedrow\u2069 in \u2068General\u2069')
})

test('a read or deleted message does not notify', () => {
  const talk = room({ messages: [message(4, 'ben'), message(5, 'ben', { deleted_at: 'now' })] })
  expect(notificationOf({ ...talk, read_seq: 4 }, 4)).toBeUndefined()
  expect(notificationOf(talk, 5)).toBeUndefined()
})

test('a message that you had read notifies you when an edit mentions you', () => {
  const talk = room({
    read_seq: 5,
    messages: [message(4, 'ben', { edited_at: 'now', content: 'Look, @ada' }), message(5, 'ben')],
  })
  expect([4, 5, 9].map((seq) => isMentionByEdit(talk, seq))).toEqual([true, false, false])
  expect(notificationOf(talk, 4, true)?.body).toBe('Look, @ada')
  const gone = room({ read_seq: 5, messages: [message(4, 'ben', { edited_at: 'now', deleted_at: 'now' })] })
  expect(notificationOf(gone, 4, true)).toBeUndefined()
})

test('slow mode counts from your last message, sent or being sent, as long as the clocks agree', () => {
  const said = message(7, 'ada')
  const slow = room({ slow_seconds: 30, messages: [said, message(8, 'ben')] })
  const then = Date.parse(said.created_at)
  expect(waitIn(slow, 'ada', then + 500)).toBe(30)
  expect(waitIn(slow, 'ada', then + 29_001)).toBe(1)
  expect(waitIn(slow, 'ada', then + 30_000)).toBe(0)
  expect(waitIn(slow, 'cleo', then)).toBe(0)
  expect(waitIn(slow, 'ada', then - 3_600_000)).toBe(0)
  expect(waitIn({ ...slow, slow_seconds: 0 }, 'ada', then)).toBe(0)
  const at = new Date(then + 20_000).toISOString()
  const pending = { client_id: 'c', content: 'x', at, state: 'sending' as const }
  expect(waitIn({ ...slow, pending: [pending] }, 'ada', then + 25_000)).toBe(25)
})
