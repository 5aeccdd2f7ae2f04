import { expect, test } from 'bun:test'
import { apply } from '../../src/sdk/apply.ts'
import { applyMembers } from '../../src/sdk/apply-fetched.ts'
import { type Event, roomOf, type State } from '../../src/sdk/state.ts'
import { fetched } from './histories.ts'
import { createModel } from './model.ts'

const deed = { who: 'ada', on: 0, emoji: '👍', role: 'member' } as const
const status = { emoji: '⚓', text: 'Out at sea' }

test('what somebody is doing is in the list of members, and in no message', () => {
  const model = createModel()
  model.act({ ...deed, what: 'member.joined' })
  model.act({ ...deed, what: 'message.created' })
  const ada = { username: 'ada', display_name: 'ADA' }
  const member = { ...ada, role: 'member', status: 'online', joined_at: '2026-01-01T00:00:00.000Z' } as const
  const loaded = (more: object) => applyMembers(fetched(model, 1), 'general', [{ ...member, ...more }], [])
  const inMembers = (state: State) => roomOf(state, 'general')!.members![0]!.custom_status
  expect(inMembers(loaded({ custom_status: status }))).toEqual(status)

  const changed = (custom_status?: object): Event =>
    ({ type: 'profile.changed', room: 'general', ...ada, ...(custom_status && { custom_status }) }) as Event
  const heard = apply(loaded({}), changed(status)).state
  expect(inMembers(heard)).toEqual(status)
  expect(roomOf(heard, 'general')!.messages.map(({ author }) => author)).toEqual([ada])
  expect(inMembers(apply(heard, changed()).state)).toBeUndefined()
})

test('a direct room of two has what the other person is doing, not what its reader does', () => {
  const facts = { id: 'd1', title: 'ADA', access: 'direct', role: 'member' } as const
  const room = {
    ...{ ...facts, people: ['ada', 'ben'] },
    ...{
      description: '',
      posting: 'members' as const,
      epoch: 'e1',
      head: 0,
      created_at: '2026-01-01T00:00:00.000Z',
    },
  } as const
  const model = createModel()
  const opened = apply(fetched(model, 5), { type: 'room.opened', room: { ...room, custom_status: status } })
  const now = (state: State) => roomOf(state, 'd1')!.custom_status
  expect(now(opened.state)).toEqual(status)
  const event = (username: string, more: object) =>
    ({ type: 'profile.changed', room: 'd1', username, display_name: username, ...more }) as Event
  const ended = apply(opened.state, event('ada', {})).state
  expect(now(ended)).toBeUndefined()
  expect(now(apply(ended, event('ben', { custom_status: status })).state)).toBeUndefined()
  expect(now(apply(ended, event('ada', { custom_status: status })).state)).toEqual(status)
})
