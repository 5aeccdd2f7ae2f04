import { expect, test } from 'bun:test'
import { fieldError } from '../../src/protocol/errors.ts'
import { RequestError } from '../../src/sdk/errors.ts'
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
  expect(faultOf(new RequestError('forbidden', 'Sign-up is closed')).message).toBe('Sign-up is closed.')
})

test('a person who is too fast sees how long to wait', () => {
  const fast = new RequestError('rate_limited', 'x', { retry_after_ms: 1200 })
  expect(faultOf(fast).message).toBe(say('fault.wait', { n: 2 }))
})
