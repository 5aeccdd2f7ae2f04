import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { apply, isDurable } from '../../src/sdk/apply.ts'
import { applyLast, lastMessage } from '../../src/sdk/last.ts'
import { roomOf, type State } from '../../src/sdk/state.ts'
import { fetched, history } from './histories.ts'
import { createModel } from './model.ts'

test('the last message is what a fetch gives, whatever happens while it is read and afterwards', () => {
  const split = fc.record({ old: history(), onItsWay: history(8), later: history(8) })
  let withOne = 0
  fc.assert(
    fc.property(split, (deeds) => {
      const model = createModel()
      const play = (list: typeof deeds.old) => list.flatMap((each) => model.act(each))
      play(deeds.old)
      // No message is loaded, as in a room that is open for its unread count.
      let state: State = fetched(model, 1_000_000)
      const { items, head } = model.page(1_000_000, 1)
      const hear = (list: typeof deeds.old) => {
        const events = play(list)
        for (const event of events) state = apply(state, event).state
        return events.filter(isDurable)
      }
      const since = hear(deeds.onItsWay)
      if (items[0]) state = applyLast(state, { room: 'general', head, message: items[0] }, since)
      hear(deeds.later)
      const [now] = model.page(1_000_000, 1).items
      const known = lastMessage(roomOf(state, 'general')!)
      // What was there before the last one nobody has asked for.
      if (now && !known) return
      if (known) withOne++
      expect(known && { ...known, reactions: [] }).toEqual(now && { ...now, reactions: [] })
    }),
    { numRuns: 400 },
  )
  expect(withOne).toBeGreaterThan(100)
})
