import { expect, test } from 'bun:test'
import { loadLaterTexts } from '../../src/web/language/later-texts.ts'
import { en } from '../../src/web/language/translations/en.ts'
import { signedOutText } from '../../src/web/sign-in/signed-out-text.ts'

await loadLaterTexts()

const ending = (reason: string, ban: object = {}) => ({ type: 'session.ending', reason, ...ban }) as const

test('after signing out the page says nothing; after a session was ended it says why', () => {
  expect(signedOutText('signed_out')).toBeUndefined()
  expect(signedOutText('erased')).toBe(en['farewell.erased'])
  expect(signedOutText('not_authenticated')).toBe(en['farewell.not_authenticated'])
  expect(signedOutText('close_4999')).toBe(en['farewell.other'])
})

test('the server’s reason is used only for a session that has ended', () => {
  expect(signedOutText('session_ended', ending('password_changed'))).toBe(en['farewell.password_changed'])
  expect(signedOutText('session_ended', ending('logged_out'))).toBe(en['farewell.session_ended'])
  expect(signedOutText('session_ended')).toBe(en['farewell.session_ended'])
  expect(signedOutText('too_many', ending('token_expired'))).toBe(en['farewell.too_many'])
})

test('a ban is shown with its reason and its end, as far as it has them', () => {
  const textOf = (ban: object) =>
    signedOutText('session_ended', ending('banned', ban))?.replace(/[\u2068\u2069]/g, '')
  expect(textOf({})).toBe('This account is banned.')
  // Brackets of a reason are no part to leave out.
  expect(textOf({ ban_reason: 'Spam [twice] {until}' })).toBe(
    'This account is banned. Reason: Spam [twice] {until}',
  )
  expect(textOf({ ban_reason: 'Spam', banned_until: '2100-01-01T00:00:00.000Z' })).toMatch(
    /^This account is banned until .*2100.*\. Reason: Spam$/,
  )
})
