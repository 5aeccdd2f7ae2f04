import { expect, test } from 'bun:test'
import { fieldError } from '../../src/protocol/errors.ts'
import { RequestError } from '../../src/sdk/errors.ts'
import { clockOf } from '../../src/web/language/dates.ts'
import { errorText } from '../../src/web/language/error-text.ts'
import { loadLaterTexts } from '../../src/web/language/later-texts.ts'
import { say } from '../../src/web/language/say.ts'

await loadLaterTexts()

test('the error of a field is a sentence at the field', () => {
  const errors = [fieldError('/username', 'username_taken'), fieldError('/email', 'email_format')]
  expect(errorText(new RequestError('conflict', 'x', { errors }))).toEqual({
    fields: { username: say('field.taken'), email: say('field.email') },
  })
})

test('an error of no field is a sentence for the whole form', () => {
  expect(errorText(new RequestError('unreachable', 'x')).message).toBe(say('error.unreachable'))
  const closed = new RequestError('forbidden', 'x', { reason: 'signup_closed' })
  expect(errorText(closed).message).toBe(say('refusal.signup_closed'))
})

test('a text takes the params of its reason, a time as the reader writes it', () => {
  const until = '2026-11-28T09:30:00.000Z'
  const silenced = new RequestError('forbidden', 'x', { reason: 'silenced', params: { until } })
  expect(errorText(silenced).message).toBe(say('refusal.silenced', { until: clockOf(until) }))
  const allowed = fieldError('/access', 'not_one_of', { allowed: ['open', 'closed'] })
  expect(errorText(new RequestError('invalid', 'x', { errors: [allowed] })).fields.access).toContain(
    'open, closed',
  )
})

test('a reason that the page does not know yet has the text of its code', () => {
  const newer = new RequestError('gone', 'x', { reason: 'from_the_future' as 'internal' })
  expect(errorText(newer).message).toBe(say('error.gone'))
})

test('a rate limit says how long to wait', () => {
  const fast = new RequestError('rate_limited', 'x', { retry_after_ms: 1200 })
  expect(errorText(fast).message).toBe(say('error.wait', { n: 2 }))
})
