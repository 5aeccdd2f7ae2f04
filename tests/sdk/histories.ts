import fc from 'fast-check'
import { type DurableKind, durableEvents } from '../../src/protocol/events.ts'
import { applyFresh, applyHello, applyMembers } from '../../src/sdk/apply-fetched.ts'
import { initialState, type RoomState, roomOf, type State } from '../../src/sdk/state.ts'
import type { createModel, Deed } from './model.ts'

const kinds = Object.keys(durableEvents) as DurableKind[]

/** Messages more often than the rest, so that there is something to do the rest to. */
export const deed: fc.Arbitrary<Deed> = fc.record({
  what: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<Deed['what'][]>('message.created', 'reply') },
    { weight: 5, arbitrary: fc.constantFrom<Deed['what'][]>(...kinds, 'presence', 'read', 'expired') },
    { weight: 2, arbitrary: fc.constantFrom<Deed['what'][]>('reaction.added', 'reaction.removed') },
  ),
  who: fc.constantFrom('ada', 'ben', 'cleo'),
  on: fc.nat({ max: 50 }),
  emoji: fc.constantFrom('👍', '🎉'),
  role: fc.constantFrom<Deed['role'][]>('owner', 'moderator', 'member'),
})
export const history = (maxLength = 60) => fc.array(deed, { maxLength, size: 'max' })

/** The state that a client gets which connects now, with a window that begins at `first`. */
export function fetched(model: ReturnType<typeof createModel>, first: number): State {
  const greeted = applyHello(initialState, model.hello())
  const answer = model.subscribed(first)
  const asked = (answer.messages?.length ?? 0) + (model.messageCountBefore(first) > 0 ? 0 : 1)
  return applyMembers(applyFresh(greeted, answer, asked), 'general', model.members(), [])
}

/** Without what only says how it was learnt. */
export function essence(state: State): unknown {
  const {
    unread_at: _,
    mentions_at: __,
    mentioned: ___,
    members,
    ...room
  } = roomOf(state, 'general') as RoomState
  return { ...room, members: members?.map(({ username, role }) => ({ username, role })) }
}
