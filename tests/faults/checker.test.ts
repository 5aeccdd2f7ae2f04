import { describe, expect, test } from 'bun:test'
import { findViolations } from './checker.ts'
import type { Entry, History } from './history.ts'

/** Ben and Cleo each say three things; Dan listens. Each doctored history breaks one promise. */
function history(): History {
  const entry = (seq: number, actor: string, number: number): Entry => ({
    seq,
    actor,
    clientId: `${actor}-${number}`,
    content: `${actor} says ${number}`,
  })
  const log: Entry[] = [
    { seq: 1, actor: 'ben' },
    entry(2, 'ben', 1),
    entry(3, 'cleo', 1),
    entry(4, 'ben', 2),
    entry(5, 'ben', 3),
    entry(6, 'cleo', 2),
  ]
  return {
    sends: log.flatMap(({ seq, actor, clientId, content }) =>
      clientId && content ? [{ sender: actor, room: 'general', clientId, content, ack: seq }] : [],
    ),
    listeners: [
      {
        name: 'dan',
        room: 'general',
        heard: log.map(({ seq, clientId }) => (clientId === undefined ? { seq } : { seq, clientId })),
        resets: [],
      },
    ],
    logs: { general: log },
  }
}

const kindsOf = (doctored: History): string[] => [
  ...new Set(findViolations(doctored).map(({ kind }) => kind)),
]

function doctored(change: (history: History, log: Entry[]) => void): string[] {
  const changed = history()
  change(changed, changed.logs.general!)
  return kindsOf(changed)
}

/** What the listener heard, made to match a doctored log, so that only the log is wrong. */
function hearAll({ listeners }: History, log: Entry[]): void {
  listeners[0]!.heard = log.map(({ seq, clientId }) => (clientId === undefined ? { seq } : { seq, clientId }))
}

describe('the checker', () => {
  test('finds nothing in an honest history', () => expect(kindsOf(history())).toEqual([]))

  test('sees an acknowledged message that is not stored', () =>
    expect(
      doctored((all, log) => {
        log.pop()
        hearAll(all, log)
      }),
    ).toEqual(['lost']))

  test('sees a message that is stored twice', () =>
    expect(
      doctored((all, log) => {
        log.push({ ...log[5]!, seq: 7 })
        hearAll(all, log)
      }),
    ).toEqual(['doubled']))

  test('sees a message that is stored elsewhere than acknowledged', () =>
    expect(doctored(({ sends }) => (sends[4]!.ack = 7))).toEqual(['moved']))

  test('sees messages of one sender that changed places', () =>
    expect(
      doctored((all, log) => {
        const [earlier, later] = [log[3]!, log[4]!]
        log.splice(3, 2, { ...later, seq: 4 }, { ...earlier, seq: 5 })
        for (const send of all.sends) send.ack = log.find(({ clientId }) => clientId === send.clientId)!.seq
        hearAll(all, log)
      }),
    ).toEqual(['reordered']))

  test('sees a hole in the log', () =>
    expect(
      doctored((all, log) => {
        log.splice(0, 1)
        hearAll(all, log)
      }),
    ).toContain('hole'))

  test('sees a stored message that nobody sent', () =>
    expect(
      doctored((all, log) => {
        log.push({ seq: 7, actor: 'cleo', clientId: 'cleo-9', content: 'who said that?' })
        hearAll(all, log)
      }),
    ).toEqual(['phantom']))

  test('sees a stored text that is not the one sent', () =>
    expect(doctored((_, log) => (log[5]!.content = 'something else'))).toEqual(['altered']))

  test('sees a send that was never answered', () =>
    expect(doctored(({ sends }) => delete sends[0]!.ack)).toEqual(['unresolved']))

  test('sees a listener that heard what is not stored', () =>
    expect(doctored(({ listeners }) => (listeners[0]!.heard[5]!.clientId = 'cleo-9'))).toEqual(['phantom']))

  test('sees a listener that heard something twice', () =>
    expect(doctored(({ listeners }) => listeners[0]!.heard.splice(3, 0, listeners[0]!.heard[2]!))).toEqual([
      'not rising',
    ]))

  test('sees a listener that missed something in the middle', () =>
    expect(doctored(({ listeners }) => listeners[0]!.heard.splice(2, 1))).toEqual(['unheard']))

  test('sees a listener that never reached the end', () =>
    expect(doctored(({ listeners }) => listeners[0]!.heard.pop())).toEqual(['unheard']))

  test('forgives a gap only where the server said reset', () =>
    expect(
      doctored(({ listeners }) => {
        listeners[0]!.heard.splice(2, 2)
        listeners[0]!.resets.push(2)
      }),
    ).toEqual([]))
})
