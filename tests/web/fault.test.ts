import { expect, test } from 'bun:test'
import { fieldError } from '../../src/protocol/errors.ts'
import { RequestError } from '../../src/sdk/errors.ts'
import { clockOf } from '../../src/web/language/dates.ts'
import { faultOf } from '../../src/web/language/fault.ts'
import { say } from '../../src/web/language/say.ts'

test('a fault of a field stands at the field, as a sentence', () => {
  const errors = [fieldError('/username', 'username_taken'), fieldError('/email', 'email_format')]
  expect(faultOf(new RequestError('conflict', 'x', { errors }))).toEqual({
    fields: { username: say('field.taken'), email: say('field.email') },
  })
})

test('an error of no field is a sentence for the whole form', () => {
  expect(faultOf(new RequestError('unreachable', 'x')).message).toBe(say('fault.unreachable'))
  const closed = new RequestError('forbidden', 'x', { reason: 'signup_closed' })
  expect(faultOf(closed).message).toBe(say('refusal.signup_closed'))
})

test('a text takes the params of its reason, a time as the reader writes it', () => {
  const until = '2026-11-28T09:30:00.000Z'
  const silenced = new RequestError('forbidden', 'x', { reason: 'silenced', params: { until } })
  expect(faultOf(silenced).message).toBe(say('refusal.silenced', { until: clockOf(until) }))
  const allowed = fieldError('/access', 'not_one_of', { allowed: ['open', 'closed'] })
  expect(faultOf(new RequestError('invalid', 'x', { errors: [allowed] })).fields.access).toContain(
    'open, closed',
  )
})

test('a reason that the page does not know yet has the text of its code', () => {
  const newer = new RequestError('gone', 'x', { reason: 'from_the_future' as 'internal' })
  expect(faultOf(newer).message).toBe(say('fault.gone'))
})

test('a person who is too fast sees how long to wait', () => {
  const fast = new RequestError('rate_limited', 'x', { retry_after_ms: 1200 })
  expect(faultOf(fast).message).toBe(say('fault.wait', { n: 2 }))
})
