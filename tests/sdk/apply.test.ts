import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { apply, isDurable } from '../../src/sdk/apply.ts'
import { applyHello, applyOlder, applyReplay } from '../../src/sdk/apply-fetched.ts'
import { changeRoom, type DurableEvent, type Event, roomOf, type State } from '../../src/sdk/state.ts'
import { deed, essence, fetched, history } from './histories.ts'
import { createModel, type Deed } from './model.ts'

const runs = { numRuns: 400 }

function play(model: ReturnType<typeof createModel>, deeds: Deed[]): Event[] {
  return deeds.flatMap((each) => model.act(each))
}

function applyAll(state: State, events: Event[]): State {
  return events.reduce((next, event) => {
    const { state: after, outcome } = apply(next, event)
    expect(outcome).toBe('applied')
    return after
  }, state)
}

/** Presence is not replayed: after a resumption it is asked for. */
function withPresence(state: State, model: ReturnType<typeof createModel>): State {
  const { online, online_count } = roomOf(fetched(model, 1), 'general')!
  return changeRoom(state, 'general', (room) => ({ ...room, online, online_count }))
}

/** Somewhere in the room at this moment, so that the window of the reader holds part of it, all or nothing. */
const firstOf = (model: ReturnType<typeof createModel>, part: number) =>
  1 + Math.floor(part * (model.head() + 1))
const part = fc.double({ min: 0, max: 0.999, noNaN: true })

describe('applying events', () => {
  test('a person, you too, is silenced until it is lifted', () => {
    const until = '2030-01-01T00:00:00.000Z'
    const model = createModel()
    const start = fetched(model, 1)
    const me = start.me!.username
    const silenced = { type: 'silence.changed', room: 'general', username: me } as const
    const silencedIn = (state: State) => {
      const room = roomOf(state, 'general')
      const member = room?.members?.find(({ username }) => username === me)
      return [room?.silenced_until, member?.silenced_until]
    }
    const silent = apply(start, { ...silenced, until }).state
    expect(silencedIn(silent)).toEqual([until, until])
    expect(silencedIn(apply(silent, silenced).state)).toEqual([undefined, undefined])
    expect(silencedIn(apply(silent, { ...silenced, username: 'somebody' }).state)).toEqual([until, until])
  })

  test('gives exactly what a fresh fetch gives', () => {
    fc.assert(
      fc.property(history(), history(), part, (before, after, where) => {
        const model = createModel()
        play(model, before)
        const first = firstOf(model, where)
        const old = fetched(model, first)
        const now = applyAll(old, play(model, after))
        expect(essence(now)).toEqual(essence(fetched(model, first)))
      }),
      runs,
    )
  })

  test('gives it too when the events are replayed after what they tell of was deleted', () => {
    fc.assert(
      fc.property(history(), history(), part, (before, after, where) => {
        const model = createModel()
        play(model, before)
        const first = firstOf(model, where)
        const old = fetched(model, first)
        const replayable = after.filter(({ what }) => what !== 'read' && what !== 'presence')
        const events = play(model, replayable)
          .filter(isDurable)
          .map((event) => model.retold(event))
        expect(essence(withPresence(applyAll(old, events), model))).toEqual(essence(fetched(model, first)))
      }),
      runs,
    )
  })

  test('twice, or again much later, changes nothing', () => {
    fc.assert(
      fc.property(history(), history(), (before, after) => {
        const model = createModel()
        const earlier = play(model, before).filter(isDurable)
        const old = fetched(model, 1)
        const events = play(model, after).filter(isDurable)
        const now = applyAll(old, events)
        for (const event of [...earlier, ...events]) {
          const again = apply(now, event)
          expect(again.outcome).toBe('old')
          expect(again.state).toBe(now)
        }
      }),
      runs,
    )
  })

  test('over a gap, or of another epoch, is reported and not done', () => {
    fc.assert(
      fc.property(history(), fc.array(deed, { minLength: 30, maxLength: 60 }), (before, after) => {
        const model = createModel()
        play(model, before)
        const old = fetched(model, 1)
        const [next, ...beyond] = play(model, after).filter(isDurable)
        for (const event of beyond) expect(apply(old, event)).toEqual({ state: old, outcome: 'gap' })
        if (next) expect(apply(old, { ...next, epoch: 'e2' })).toEqual({ state: old, outcome: 'gap' })
      }),
      runs,
    )
  })

  test('never changes the state it was given', () => {
    fc.assert(
      fc.property(history(), history(), (before, after) => {
        const model = createModel()
        play(model, before)
        const old = fetched(model, 1)
        const copy = structuredClone(old)
        applyAll(old, play(model, after))
        expect(old).toEqual(copy)
      }),
      runs,
    )
  })

  test('of a room that is not open changes nothing', () => {
    const model = createModel()
    const closed = changeRoom(fetched(model, 1), 'general', (room) => ({ ...room, open: false }))
    const [event] = play(model, [{ what: 'message.created', who: 'ada', on: 0, emoji: '👍', role: 'member' }])
    expect(apply(closed, event!)).toEqual({ state: closed, outcome: 'old' })
  })
})

describe('a read mark that crosses messages on its way', () => {
  const say = { what: 'message.created', who: 'ada', on: 0, emoji: '👍', role: 'member' } as const
  const read = { ...say, what: 'read' } as const
  const numbers = (state: State) => {
    const { read_seq, unread } = roomOf(state, 'general')!
    return { read_seq, unread }
  }
  /** Two messages are there, and the window begins after them; then one more is said and the first is read. */
  const crossing = (first: number) => {
    const model = createModel()
    play(model, [say, say])
    const old = fetched(model, first)
    return { model, old }
  }

  test('and comes before them: what it has counted is not counted again', () => {
    for (const first of [1, 3]) {
      const { model, old } = crossing(first)
      const [said, mark] = play(model, [say, read])
      const now = apply(apply(old, mark!).state, said!).state
      expect(numbers(now)).toEqual({ read_seq: 1, unread: 2 })
    }
  })

  test('and comes after them: what it has not counted is counted', () => {
    for (const first of [1, 3]) {
      const { model, old } = crossing(first)
      const [mark, said] = play(model, [read, say])
      const now = apply(apply(old, said!).state, mark!).state
      expect(numbers(now)).toEqual({ read_seq: 1, unread: 2 })
    }
  })

  test('and comes to a room that is not open: it counts messages that the client has not', () => {
    const { model } = crossing(1)
    play(model, [{ ...read, on: 1 }])
    const closed = changeRoom(fetched(model, 1), 'general', (room) => ({ ...room, open: false }))
    const [, mark] = play(model, [say, { ...read, on: 0 }, say, say])
    expect(numbers(apply(closed, mark!).state)).toEqual({ read_seq: 3, unread: 0 })
    const [, later] = play(model, [say, read])
    expect(numbers(apply(closed, later!).state)).toEqual({ read_seq: 4, unread: 2 })
  })

  test('between a hello and its replay, moved here or on another device', () => {
    const { model, old } = crossing(1)
    const [mark, ...said] = play(model, [read, say, say])
    const greeted = applyHello(old, model.hello())
    for (const state of [greeted, apply(greeted, mark!).state])
      expect(numbers(applyReplay(state, said as DurableEvent[]).state)).toEqual({ read_seq: 1, unread: 3 })
  })

  test('gives what a fresh fetch gives, wherever it comes in between, if all unread messages are loaded', () => {
    const delays = fc.array(fc.integer({ min: -5, max: 5 }))
    fc.assert(
      fc.property(history(), history(), history(), delays, (before, missed, after, delays) => {
        const model = createModel()
        play(model, before)
        const first = fetched(model, 1)
        const replayed = play(model, missed)
        const old = applyHello(first, model.hello())
        const events = [...replayed, ...play(model, after)]
        const late = (index: number) => (isDurable(events[index]!) ? 0 : (delays[index % delays.length] ?? 0))
        const order = events
          .map((event, index) => ({ event, at: index + late(index) }))
          .filter(({ event }) => event.type !== 'presence.changed')
          .sort((one, other) => one.at - other.at)
        const now = order.reduce((state, { event }) => apply(state, event).state, old)
        expect(numbers(now)).toEqual(numbers(fetched(model, 1)))
      }),
      runs,
    )
  })
})

describe('after a reconnection', () => {
  test('the hello and the replay together give what a fresh fetch gives, unread count and all', () => {
    fc.assert(
      fc.property(history(), history(), part, fc.nat({ max: 5 }), (before, missed, where, lag) => {
        const model = createModel()
        play(model, before)
        const first = firstOf(model, where)
        const old = fetched(model, first)
        // Presence and read marks are not replayed: the hello, or a question, brings them.
        const events = play(
          model,
          missed.filter(({ what }) => what !== 'presence'),
        ).filter(isDurable)
        const greeted = applyHello(old, model.hello())
        const later: Deed[] = Array.from({ length: lag }, () => ({
          what: 'message.created',
          who: 'ada',
          on: 0,
          emoji: '👍',
          role: 'member',
        }))
        const { state, gap } = applyReplay(greeted, [...events, ...play(model, later).filter(isDurable)])
        expect(gap).toBe(false)
        expect(essence(withPresence(state, model))).toEqual(essence(fetched(model, first)))
      }),
      runs,
    )
  })
})

describe('a page of older messages', () => {
  test('fits, whenever it was read: before, at or after the events we have applied', () => {
    const split = fc.record({ old: history(), onItsWay: history(30), ahead: history(30) })
    fc.assert(
      fc.property(split, part, fc.integer({ min: 1, max: 10 }), (deeds, where, limit) => {
        const model = createModel()
        play(model, deeds.old)
        const first = firstOf(model, where)
        const asked = fetched(model, first)
        const before = roomOf(asked, 'general')!.messages[0]?.seq ?? model.head() + 1
        const heardBefore = play(model, deeds.onItsWay)
        const page = model.page(before, limit)
        const heardAfter = play(model, deeds.ahead)
        // The client has heard more than the page knows of when it comes.
        const now = applyAll(asked, [...heardBefore, ...heardAfter])
        const since = [...heardBefore, ...heardAfter].filter(isDurable) as DurableEvent[]
        const merged = applyOlder(now, 'general', page, page.head, since)
        const start = page.items[0]?.seq ?? before
        const states = [essence(merged), essence(fetched(model, start))] as object[]
        // That all before the window is too old is known only to a client that has asked for the page before it.
        const isCut = Object.values(deeds).some((each) => each.some(({ what }) => what === 'expired'))
        const [seen, expected] = states.map((each) => (isCut ? { ...each, reachedStart: true } : each))
        expect(seen).toEqual(expected!)
      }),
      runs,
    )
  })
})
