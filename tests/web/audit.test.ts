import { expect, test } from 'bun:test'
import { detailOf, sentenceOf } from '../../src/web/admin/audit-text.ts'
import { loadLaterTexts } from '../../src/web/language/later-texts.ts'

await loadLaterTexts()

const at = '2026-01-01T10:00:00.000Z'
const titleOf = (room: string) => (room === 'pier' ? 'The pier' : room)
/** Without the marks that keep names from turning a sentence around. */
const line = (entry: object) =>
  sentenceOf({ id: 1, at, ...entry } as never, titleOf).replace(/[\u2068\u2069]/g, '')
const detail = (detail: unknown) =>
  detailOf({ id: 1, at, action: 'x', detail }).replace(/[\u2068\u2069]/g, '')

test('an act is a sentence with actor, subject and room', () => {
  expect(line({ actor: 'ada', action: 'user.banned', subject: 'ben' })).toBe('ada banned ben')
  expect(line({ action: 'role.granted', subject: 'ben' })).toBe('The operator made ben an administrator')
  expect(line({ actor: 'ada', action: 'member.put', subject: 'ben', room: 'pier' })).toBe(
    'ada added ben to The pier',
  )
  expect(line({ actor: 'ada', action: 'member.put', subject: 'ada', room: 'x9' })).toBe('ada joined x9')
})

test('an act that this page does not know is shown by its name, and a missing name leaves no gap', () => {
  expect(line({ actor: 'ada', action: 'keys.rotated' })).toBe('ada · keys.rotated')
  expect(line({ actor: 'ada', action: 'user.banned' })).toBe('ada banned ?')
})

test('the subject is shown in words where there are some, and as recorded otherwise', () => {
  expect(detail({ role: 'moderator' })).toBe('Moderator')
  expect(detail({ role: 'user', bot: true })).toBe('Bot')
  expect(detail({ fields: ['email', 'display_name'] })).toBe('fields: email, display_name')
  expect(detail({ title: '<b>', archived: true, more: { deep: 1 } })).toBe(
    'title: <b> · archived: true · more: {"deep":1}',
  )
  expect([detail(undefined), detail(null), detail('text')]).toEqual(['', '', ''])
})

test('who can join a room after a change is said in words', () => {
  expect(detail({ fields: ['access'], access: 'open' })).toBe(
    'Who can join: Anyone on this server · fields: access',
  )
})
