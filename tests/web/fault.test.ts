import { expect, test } from 'bun:test'
import { Email } from '../../src/protocol/fields.ts'
import { RequestError } from '../../src/sdk/errors.ts'
import { faultOf } from '../../src/web/language/fault.ts'

test('a fault of a field stands at the field, as a sentence', () => {
  const taken = new RequestError('conflict', 'Conflict', {
    errors: [{ path: '/username', message: 'is taken' }],
  })
  expect(faultOf(taken)).toEqual({ fields: { username: 'That is taken. Please choose another.' } })
  const common = new RequestError('invalid', 'Invalid', {
    errors: [{ path: '/password', message: 'This password is too common.' }],
  })
  expect(faultOf(common).fields).toEqual({ password: 'This password is too common.' })
  const shape = new RequestError('invalid', 'Invalid', {
    errors: [{ path: '/email', message: Email.description! }],
  })
  expect(faultOf(shape).fields).toEqual({ email: 'That does not look like an email address.' })
})

test('a fault of no field is told as a sentence for the whole', () => {
  expect(faultOf(new RequestError('unreachable', 'x')).message).toContain('cannot be reached')
  expect(faultOf(new RequestError('forbidden', 'Sign-up is closed')).message).toBe('Sign-up is closed.')
})

test('who is too fast is told how long to wait', () => {
  const fast = new RequestError('rate_limited', 'Slow down', { retry_after_ms: 1200 })
  expect(faultOf(fast).message).toBe('Too many attempts. Wait 2 seconds and try again.')
})
