import { describe, expect, test } from 'bun:test'
import type { Message } from '../../src/protocol/messages.ts'
import type { Pending } from '../../src/sdk/state.ts'
import { type Item, timelineOf } from '../../src/web/talk/timeline-items.ts'

const now = new Date(2026, 10, 20, 12)
const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).toISOString()
const message = (seq: number, username: string, created_at: string, clientId?: string): Message => ({
  room: 'general',
  seq,
  author: { username, display_name: username },
  content: `message ${seq}`,
  created_at,
  reactions: [],
  ...(clientId ? { client_id: clientId } : {}),
})
const shape = (items: Item[]) =>
  items.map((item) => {
    if (item.kind === 'day') return item.name
    if (item.kind === 'new') return '—'
    if (item.kind === 'notices') return item.notices.map(({ username, kind }) => `${username} ${kind}`).join()
    const text = item.kind === 'message' ? item.message.content : item.pending.content
    const gone = item.kind === 'message' && item.more ? ` and ${item.more.map(({ seq }) => seq)}` : ''
    return (item.first ? `+ ${text}` : text) + gone
  })

describe('the timeline of a room', () => {
  test('is divided into days of the reader', () => {
    const messages = [
      message(1, 'ada', at(1, 9)),
      message(2, 'ben', at(19, 23)),
      message(3, 'ada', at(20, 9)),
    ]
    const items = timelineOf({ messages, pending: [], reachedStart: false }, [], 'ada', now)
    expect(items.filter(({ kind }) => kind === 'day')).toHaveLength(3)
    expect(shape(items).slice(2)).toEqual(['Yesterday', '+ message 2', 'Today', '+ message 3'])
  })

  test('puts messages of one person within five minutes under one name', () => {
    const messages = [
      message(1, 'ada', at(20, 9, 0)),
      message(2, 'ada', at(20, 9, 4)),
      message(3, 'ada', at(20, 9, 10)),
      message(4, 'ben', at(20, 9, 11)),
    ]
    const items = timelineOf({ messages, pending: [], reachedStart: false }, [], 'ada', now)
    expect(shape(items)).toEqual(['Today', '+ message 1', 'message 2', '+ message 3', '+ message 4'])
  })

  test('has one line for deleted messages that follow each other, except for those with a thread', () => {
    const said = (seq: number, more: Partial<Message> = {}) => ({
      ...message(seq, 'ada', at(20, 9)),
      ...more,
    })
    const gone = (seq: number, more: Partial<Message> = {}) =>
      said(seq, { deleted_at: at(20, 9, 5), ...more })
    const messages = [
      said(1),
      gone(2),
      gone(3, { author: { username: 'ben', display_name: 'Ben' } }),
      said(4),
      gone(5),
      gone(6, {
        thread: { seq: 6, replies: 1, last_at: at(20, 9) } as unknown as Message['thread'] & object,
      }),
      gone(7),
      gone(8),
    ]
    const shapeOf = (readSeq?: number) =>
      shape(timelineOf({ messages, pending: [], reachedStart: false, readSeq }, [], 'cleo', now)).slice(1)
    // The group goes on around what is gone.
    expect(shapeOf()).toEqual([
      ...['+ message 1', 'message 2 and 3', 'message 4', 'message 5', 'message 6', 'message 7 and 8'],
    ])
    expect(shapeOf(7).slice(-3)).toEqual(['message 7', '—', 'message 8'])
  })

  test('shows the name with what /me says, also after another message of the same person', () => {
    const messages = ['Ahoy', '*waves*', 'to all', '*raises **the** flag*', '**loud**'].map(
      (content, index) => ({
        ...message(index + 1, 'ada', at(20, 9)),
        content,
      }),
    )
    const pending = [
      { client_id: 'a', content: '*bows*', at: at(20, 9), failed: false },
    ] as unknown as Pending[]
    const items = timelineOf({ messages, pending, reachedStart: false }, [], 'ada', now)
    expect(shape(items).slice(1)).toEqual([
      '+ Ahoy',
      '+ *waves*',
      'to all',
      '*raises **the** flag*',
      '**loud**',
      '+ *bows*',
    ])
  })

  test('shows joining and leaving where they happened, and not before the oldest message shown', () => {
    const messages = [message(5, 'ada', at(20, 9)), message(8, 'ada', at(20, 9, 1))]
    const notice = (seq: number, username: string) => ({
      seq,
      at: at(20, 9),
      username,
      kind: 'joined' as const,
    })
    const items = timelineOf(
      { messages, pending: [], reachedStart: false },
      [notice(2, 'dan'), notice(6, 'ben'), notice(7, 'cleo')],
      'ada',
      now,
    )
    expect(shape(items)).toEqual(['Today', '+ message 5', 'ben joined,cleo joined', '+ message 8'])
  })

  test('shows who joined before the first message, if the room is shown from its beginning', () => {
    const room = { messages: [message(5, 'ada', at(20, 9))], pending: [], reachedStart: true }
    const items = timelineOf(room, [{ seq: 2, at: at(20, 9), username: 'dan', kind: 'joined' }], 'ada', now)
    expect(shape(items)).toEqual(['Today', 'dan joined', '+ message 5'])
  })

  test('keeps unsent messages last, under the key that they keep when they are stored', () => {
    const pending = [{ client_id: 'c1', content: 'on its way', at: at(20, 9, 1), state: 'sending' as const }]
    const before = timelineOf(
      { messages: [message(1, 'ada', at(20, 9))], pending, reachedStart: false },
      [],
      'ada',
      now,
    )
    const stored = [message(1, 'ada', at(20, 9)), message(2, 'ada', at(20, 9, 1), 'c1')]
    const after = timelineOf({ messages: stored, pending: [], reachedStart: false }, [], 'ada', now)
    expect(shape(before).at(-1)).toBe('on its way')
    expect(after.at(-1)?.key).toBe(before.at(-1)!.key)
  })

  test('keeps messages of different authors with the same client id apart', () => {
    const messages = [message(1, 'ada', at(20, 9), 'c1'), message(2, 'ben', at(20, 9), 'c1')]
    const keys = timelineOf({ messages, pending: [], reachedStart: false }, [], 'ada', now).map(
      ({ key }) => key,
    )
    expect(new Set(keys).size).toBe(keys.length)
  })
})
