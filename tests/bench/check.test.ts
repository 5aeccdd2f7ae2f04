import { describe, expect, test } from 'bun:test'
import { findViolations } from '../../src/bench/check.ts'
import type { Entry, History, Listener } from '../../src/bench/history.ts'

/** Ben and Cleo each say three things; Dan comes in and listens, live. Each doctored history breaks one promise. */
function history(): History {
  const entry = (seq: number, actor: string, number: number): Entry => ({
    seq,
    actor,
    clientId: `${actor}-${number}`,
    content: `${actor} says ${number}`,
  })
  const log: Entry[] = [
    { seq: 1, actor: 'dan', joined: 'dan' },
    entry(2, 'ben', 1),
    entry(3, 'cleo', 1),
    entry(4, 'ben', 2),
    entry(5, 'ben', 3),
    entry(6, 'cleo', 2),
  ]
  const all: History = {
    sends: log.flatMap(({ seq, actor, clientId, content }) =>
      clientId && content ? [{ sender: actor, room: 'general', clientId, content, ack: seq }] : [],
    ),
    listeners: [{ name: 'dan', room: 'general', heard: [], resets: [], heads: [{ head: 1 }] }],
    logs: { general: log },
  }
  hearAll(all.listeners[0]!, log)
  return all
}

/** Makes what the listener heard match a doctored log, so that only the log is wrong. */
function hearAll(listener: Listener, log: readonly Entry[]): void {
  listener.heard = log.map(({ seq, clientId }) =>
    clientId === undefined ? { seq, live: true } : { seq, clientId, live: true },
  )
}

type Doctor = (history: History & { log: Entry[]; dan: Listener }) => unknown

function kindsAfter(change: Doctor): string[] {
  const doctored = history()
  change(Object.assign(doctored, { log: doctored.logs.general!, dan: doctored.listeners[0]! }))
  return [...new Set(findViolations(doctored).map(({ kind }) => kind))]
}

describe('the checker', () => {
  test('finds nothing in a correct history', () => expect(kindsAfter(() => undefined)).toEqual([]))

  test('sees an acknowledged message that is not stored', () =>
    expect(
      kindsAfter(({ log, dan }) => {
        log.pop()
        hearAll(dan, log)
      }),
    ).toEqual(['lost']))

  test('sees a message that is stored twice', () =>
    expect(
      kindsAfter(({ log, dan }) => {
        log.push({ ...log[5]!, seq: 7 })
        hearAll(dan, log)
      }),
    ).toEqual(['doubled']))

  test('sees a message that is stored elsewhere than acknowledged', () =>
    expect(kindsAfter(({ sends }) => (sends[4]!.ack = 7))).toEqual(['moved']))

  test('sees that messages of one sender changed their order', () =>
    expect(
      kindsAfter(({ sends, log, dan }) => {
        const [earlier, later] = [log[3]!, log[4]!]
        log.splice(3, 2, { ...later, seq: 4 }, { ...earlier, seq: 5 })
        for (const send of sends) send.ack = log.find(({ clientId }) => clientId === send.clientId)!.seq
        hearAll(dan, log)
      }),
    ).toEqual(['reordered']))

  test('sees a hole in the log', () => expect(kindsAfter(({ log }) => log.splice(0, 1))).toContain('hole'))

  test('sees a stored message that was never sent', () =>
    expect(
      kindsAfter(({ log, dan }) => {
        log.push({ seq: 7, actor: 'cleo', clientId: 'cleo-9', content: 'who said that?' })
        hearAll(dan, log)
      }),
    ).toEqual(['phantom']))

  test('sees a stored message that was refused', () =>
    expect(
      kindsAfter(({ sends }) => {
        delete sends[0]!.ack
        sends[0]!.refused = 'forbidden'
      }),
    ).toEqual(['phantom']))

  test('sees a stored text that differs from the sent text', () =>
    expect(kindsAfter(({ log }) => (log[5]!.content = 'something else'))).toEqual(['altered']))

  test('sees a send without a reply', () =>
    expect(kindsAfter(({ sends }) => delete sends[0]!.ack)).toEqual(['unresolved']))

  test('counts a refusal as a reply', () =>
    expect(
      kindsAfter(({ sends }) =>
        sends.push({ sender: 'ben', room: 'general', clientId: 'ben-4', content: '', refused: 'invalid' }),
      ),
    ).toEqual([]))

  test('sees a listener that received an event that is not stored', () =>
    expect(kindsAfter(({ dan }) => (dan.heard[5]!.clientId = 'cleo-9'))).toEqual(['phantom']))

  test('sees a listener that received an event twice', () =>
    expect(kindsAfter(({ dan }) => dan.heard.splice(3, 0, dan.heard[2]!))).toEqual(['not rising']))

  test('sees a listener that missed something in the middle', () =>
    expect(kindsAfter(({ dan }) => dan.heard.splice(2, 1))).toEqual(['unheard']))

  test('sees a listener that never reached the end', () =>
    expect(kindsAfter(({ dan }) => dan.heard.pop())).toEqual(['unheard']))

  test('forgives a gap only where the server said reset', () => {
    const gap: Doctor = ({ dan }) => dan.heard.splice(2, 2)
    expect(kindsAfter(gap)).toEqual(['unheard'])
    expect(
      kindsAfter((all) => {
        gap(all)
        all.dan.resets.push(2)
      }),
    ).toEqual([])
  })

  test('sees a listener that received a live event from before its membership', () =>
    expect(
      kindsAfter(({ log }) => {
        log[0] = { seq: 1, actor: 'ben', joined: 'ben' }
        log[2] = { seq: 3, actor: 'dan', joined: 'dan' }
      }),
    ).toContain('unentitled'))

  test('sees a listener that received a live event after it left', () =>
    expect(
      kindsAfter(({ log, dan }) => {
        log.push({ seq: 7, actor: 'dan', left: 'dan' }, { seq: 8, actor: 'ben', joined: 'ben' })
        hearAll(dan, log)
      }),
    ).toEqual(['unentitled']))

  test('lets a listener read later what was written while it was away', () =>
    expect(
      kindsAfter(({ log, dan }) => {
        log.push(
          { seq: 7, actor: 'dan', left: 'dan' },
          { seq: 8, actor: 'ben', joined: 'ben' },
          { seq: 9, actor: 'dan', joined: 'dan' },
        )
        hearAll(dan, log)
        delete dan.heard[7]!.live
        dan.heads!.push({ head: 9 })
      }),
    ).toEqual([]))

  test('lets a listener who was added back hear what was written while it was away, and nothing before', () => {
    const away = (back: boolean) =>
      kindsAfter(({ log, dan }) => {
        log.push({ seq: 7, actor: 'dan', left: 'dan' }, { seq: 8, actor: 'ben', joined: 'ben' })
        log.push({ seq: 9, actor: 'dan', joined: 'dan' })
        hearAll(dan, log)
        if (back) dan.heard[7]!.back = 1
      })
    expect(away(true)).toEqual([])
    expect(away(false)).toEqual(['unentitled'])
  })

  test('counts how often a listener was added back: once excuses what was written while it was away first, not the second time', () => {
    const awayTwice = (times: number) =>
      kindsAfter(({ log, dan }) => {
        log.push({ seq: 7, actor: 'dan', left: 'dan' }, { seq: 8, actor: 'ben', joined: 'ben' })
        log.push({ seq: 9, actor: 'dan', joined: 'dan' }, { seq: 10, actor: 'dan', left: 'dan' })
        log.push({ seq: 11, actor: 'ben', left: 'ben' }, { seq: 12, actor: 'dan', joined: 'dan' })
        hearAll(dan, log)
        dan.heard[7]!.back = 1
        dan.heard[10]!.back = times
      })
    expect(awayTwice(2)).toEqual([])
    expect(awayTwice(1)).toEqual(['unentitled'])
  })

  test('sees a subscription that succeeded for a user who had left', () =>
    expect(
      kindsAfter(({ log, dan }) => {
        log.push({ seq: 7, actor: 'dan', left: 'dan' }, { seq: 8, actor: 'ben', joined: 'ben' })
        hearAll(dan, log)
        delete dan.heard[7]!.live
        dan.heads!.push({ head: 8 })
      }),
    ).toEqual(['unentitled']))
})
