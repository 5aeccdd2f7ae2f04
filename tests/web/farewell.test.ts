import { expect, test } from 'bun:test'
import { farewellFor } from '../../src/web/sign-in/farewell.ts'

test('after signing out the page says nothing; after a session was ended it says why', () => {
  expect(farewellFor('signed_out')).toBeUndefined()
  expect(farewellFor('erased')).toBe('farewell.erased')
  expect(farewellFor('not_authenticated')).toBe('farewell.not_authenticated')
  expect(farewellFor('close_4999')).toBe('farewell.other')
})

test('of a session that has ended the server says more, which counts only then', () => {
  expect(farewellFor('session_ended', 'banned')).toBe('farewell.banned')
  expect(farewellFor('session_ended', 'password_changed')).toBe('farewell.password_changed')
  expect(farewellFor('session_ended', 'logged_out')).toBe('farewell.session_ended')
  expect(farewellFor('session_ended')).toBe('farewell.session_ended')
  expect(farewellFor('too_many', 'token_expired')).toBe('farewell.too_many')
})
