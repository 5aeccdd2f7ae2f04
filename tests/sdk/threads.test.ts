import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { apply, isDurable } from '../../src/sdk/apply.ts'
import { applyOlderReplies, applyThread } from '../../src/sdk/excerpt.ts'
import { asApplied } from '../../src/sdk/reactions.ts'
import { roomOf, type State } from '../../src/sdk/state.ts'
import { fetched, history } from './histories.ts'
import { createModel } from './model.ts'

test('an open thread is what a fetch gives, whatever happens while it is read and afterwards', () => {
  const split = fc.record({ old: history(), onItsWay: history(20), later: history(20), older: history(20) })
  fc.assert(
    fc.property(split, fc.nat({ max: 60 }), fc.nat({ max: 5 }), (deeds, asked, cut) => {
      const model = createModel()
      const play = (list: typeof deeds.old) => list.flatMap((each) => model.act(each))
      play(deeds.old)
      let state: State = fetched(model, 1)
      const page = model.thread(asked)
      if (!page) return
      const { seq } = page.root
      const hear = (list: typeof deeds.old) => {
        const events = play(list)
        for (const event of events) state = apply(state, event).state
        return events.filter(isDurable)
      }

      const last = cut === 0 ? [] : page.items.slice(-cut)
      const next = last.length < page.items.length ? { next: last[0]?.seq ?? 1_000_000 } : {}
      const since = hear(deeds.onItsWay)
      state = applyThread(state, 'general', {
        page: { ...page, items: last, ...next },
        asOf: page.head,
        since,
      })
      hear(deeds.later)
      const whole = model.thread(seq)!
      const before = whole.items.filter((each) => each.seq < (last[0]?.seq ?? 1_000_000))
      const more = { page: { ...whole, items: before }, asOf: whole.head, since: hear(deeds.older) }
      state = applyOlderReplies(state, 'general', more)

      const now = model.thread(seq)!
      expect(roomOf(state, 'general')!.threads![seq]).toEqual({
        root: asApplied(now.root),
        messages: now.items.map(asApplied),
        reachedStart: true,
        following: false,
      })
    }),
    { numRuns: 400 },
  )
})
