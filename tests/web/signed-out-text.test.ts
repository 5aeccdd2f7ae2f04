import { expect, test } from 'bun:test'
import { signedOutText } from '../../src/web/sign-in/signed-out-text.ts'

test('after signing out the page says nothing; after a session was ended it says why', () => {
  expect(signedOutText('signed_out')).toBeUndefined()
  expect(signedOutText('erased')).toBe('farewell.erased')
  expect(signedOutText('not_authenticated')).toBe('farewell.not_authenticated')
  expect(signedOutText('close_4999')).toBe('farewell.other')
})

test('the server’s reason is used only for a session that has ended', () => {
  expect(signedOutText('session_ended', 'banned')).toBe('farewell.banned')
  expect(signedOutText('session_ended', 'password_changed')).toBe('farewell.password_changed')
  expect(signedOutText('session_ended', 'logged_out')).toBe('farewell.session_ended')
  expect(signedOutText('session_ended')).toBe('farewell.session_ended')
  expect(signedOutText('too_many', 'token_expired')).toBe('farewell.too_many')
})
