import { beforeAll, describe, expect, test } from 'bun:test'
import { parseMarkdown } from '../../src/text/markdown/parse.ts'
import { plainText } from '../../src/text/markdown/plain.ts'
import { endIn, statusIn } from '../../src/text/typed-status.ts'
import { powersIn } from '../../src/web/ground/powers.ts'
import { loadLaterTexts } from '../../src/web/language/later-texts.ts'
import { askedAt, suggestionsFor } from '../../src/web/talk/completion.ts'
import { slashesFor, typedIn, wordsOf } from '../../src/web/talk/slash.ts'
import { room } from './rooms.ts'

beforeAll(loadLaterTexts)

const ben = { username: 'ben', roles: ['user'] } as Parameters<typeof suggestionsFor>[2]

describe('a slash at the beginning of a message', () => {
  test('is a command with what is behind it, or words', () => {
    expect(typedIn('/topic  Boats and tides ')).toEqual({ command: 'topic', rest: 'Boats and tides' })
    expect(typedIn('/me\nwaves')).toEqual({ command: 'me', rest: 'waves' })
    expect(typedIn('/dance now')).toEqual({ unknown: '/dance' })
    expect(typedIn('//dance now')).toEqual({ words: '/dance now' })
    for (const words of ['/etc/hosts is a file', '/ or', 'and/or', '/Me', 'Say /me', '/2'])
      expect(typedIn(words)).toEqual({ words })
  })

  test('writes an action in italics, and a shrug that Markdown leaves whole', () => {
    expect(wordsOf('me', 'waves *twice*')).toBe('*waves twice*')
    expect(plainText(wordsOf('shrug', 'Who knows')!)).toBe('Who knows ¯\\_(ツ)_/¯')
    expect(plainText(wordsOf('shrug', '')!)).toBe('¯\\_(ツ)_/¯')
    expect(JSON.stringify(parseMarkdown(wordsOf('shrug', '')!))).not.toContain('emphasis')
    expect(wordsOf('leave', '')).toBeUndefined()
  })

  test('mutes for a time', () => {
    const now = new Date('2026-11-20T19:00:00.000Z')
    expect(endIn('30m', now)?.toISOString()).toBe('2026-11-20T19:30:00.000Z')
    expect(endIn('2d', now)?.toISOString()).toBe('2026-11-22T19:00:00.000Z')
    for (const rest of ['', '0h', '2w', 'two hours', '-1h']) expect(endIn(rest, now)).toBeUndefined()
  })

  test('says what you do, with an emoji and an end if you like', () => {
    const now = new Date('2026-11-20T19:00:00.000Z')
    const until = '2026-11-20T21:00:00.000Z'
    expect(statusIn('2h 🌴 On  holiday', now)).toEqual({ emoji: '🌴', text: 'On holiday', until })
    expect(statusIn('On holiday', now)).toEqual({ text: 'On holiday' })
    expect(statusIn('2h ⚓', now)).toEqual({ emoji: '⚓', until })
    expect(statusIn('3d printing', now)).toMatchObject({ text: 'printing' })
    for (const nothing of ['', '2h', ' 30m ', '0h of sleep']) expect(statusIn(nothing, now)).toBeUndefined()
  })

  test('offers what you may do here, until it is typed out', () => {
    const owner = powersIn({ access: 'open', role: 'owner' }, { username: 'ben', roles: ['user'] })
    const member = powersIn({ access: 'open', role: 'member' }, { username: 'ben', roles: ['user'] })
    expect(slashesFor('', owner)).toEqual([
      'me',
      'shrug',
      'msg',
      'search',
      'status',
      'mute',
      'invite',
      'topic',
      'leave',
    ])
    expect(slashesFor('', member)).toEqual(['me', 'shrug', 'msg', 'search', 'status', 'mute', 'leave'])
    expect(slashesFor('s', owner)).toEqual(['shrug', 'search', 'status'])
    // Enter does what needs no more words, and goes on with what does.
    expect([slashesFor('shrug', owner), slashesFor('topic', owner)]).toEqual([[], ['topic']])
  })

  test('is completed only there', () => {
    expect(askedAt('/', 1)).toEqual({ kind: 'command', from: 0, query: '' })
    expect(askedAt('/to', 3)).toEqual({ kind: 'command', from: 0, query: 'to' })
    for (const [text, caret] of [
      ['/topic ', 7],
      ['a /to', 5],
      ['/topic', 3],
      ['//', 2],
    ] as const)
      expect(askedAt(text, caret)).toBeUndefined()
    const [first] = suggestionsFor({ kind: 'command', from: 0, query: 'm' }, room({ role: 'member' }), ben)
    expect(first).toEqual({
      key: 'me',
      text: '/me ',
      name: '/me waves',
      note: 'send what you do, in italics',
    })
  })
})
