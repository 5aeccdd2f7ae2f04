import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findViolations } from '../../src/bench/check.ts'
import { historyOf, readHistory } from '../../src/bench/recorded.ts'
import { type Happening, type Line, openRecorder } from '../../src/bench/recorder.ts'

const directory = mkdtempSync(join(tmpdir(), 'parley-recorded-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const room = 'general'
const said = { client_id: 'ben-1', content: 'good morning' }

/** Ben says something, loses his connection, says it again and is answered; Cleo hears it. */
const honest: Happening[] = [
  { what: 'open', who: 'cleo' },
  { what: 'open', who: 'cleo', room, mode: 'replay', head: 1 },
  { what: 'invoke', who: 'ben', room, ...said },
  { what: 'unknown', who: 'ben', client_id: 'ben-1' },
  { what: 'receive', who: 'cleo', room, seq: 1 },
  { what: 'receive', who: 'cleo', room, seq: 2, client_id: 'ben-1', live: true },
  { what: 'invoke', who: 'ben', room, ...said },
  { what: 'ok', who: 'ben', client_id: 'ben-1', seq: 2 },
  { what: 'close', who: 'cleo', code: 1000 },
  { what: 'stored', room, seq: 1, actor: 'cleo', joined: 'cleo' },
  { what: 'stored', room, seq: 2, actor: 'ben', ...said },
]

const kindsIn = (happenings: readonly Happening[]): string[] =>
  findViolations(historyOf(happenings.map((each, at): Line => ({ at, ...each })))).map(({ kind }) => kind)

const without = (unwanted: (each: Happening) => boolean): Happening[] =>
  honest.filter((each) => !unwanted(each))

describe('a recorded history', () => {
  test('is read back from its file as it was recorded', async () => {
    const path = join(directory, 'kept/honest.jsonl')
    const recorder = openRecorder(path)
    for (const happening of honest) recorder.note(happening)
    await recorder.close()
    const history = await readHistory(path)
    expect(history.sends).toEqual([
      { sender: 'ben', room, clientId: 'ben-1', content: 'good morning', ack: 2 },
    ])
    expect(history.listeners).toEqual([
      {
        name: 'cleo',
        room,
        heard: [{ seq: 1 }, { seq: 2, clientId: 'ben-1', live: true }],
        resets: [],
        heads: [{ head: 1, known: 0 }],
      },
    ])
    expect(findViolations(history)).toEqual([])
  })

  test('counts a repeated send as one', () => expect(kindsIn(honest)).toEqual([]))

  test('shows a send without a reply', () =>
    expect(kindsIn(without(({ what }) => what === 'ok'))).toEqual(['unresolved']))

  test('shows a reply to a message that is not stored', () =>
    expect(kindsIn(without((each) => each.what === 'stored' && each.seq === 2))).toEqual(['lost', 'phantom']))

  test('shows a listener that missed an event', () =>
    expect(kindsIn(without((each) => each.what === 'receive' && each.seq === 2))).toEqual(['unheard']))

  test('shows a listener that subscribed to a room and received nothing', () =>
    expect(kindsIn([...honest, { what: 'open', who: 'dan', room }])).toEqual(['unheard']))

  test('shows a listener that received a reset and had to catch up another way', () =>
    expect(
      kindsIn([
        ...without(({ what }) => what === 'receive'),
        { what: 'open', who: 'cleo', room, mode: 'reset', head: 2 },
      ]),
    ).toEqual([]))
})
