import { expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import { Email, Username } from '../../src/protocol/fields.ts'
import { Content, MessageDraft } from '../../src/protocol/messages.ts'
import { RoomDraft } from '../../src/protocol/rooms.ts'
import { fieldErrors } from '../../src/protocol/rules.ts'

const cases = [
  [Content, 'x'.repeat(8001), 'at most 8000 characters'],
  [Content, '', 'must not be empty'],
  [Content, ' \n', 'The text, not blank; Markdown by convention.'],
  [Content, 5, 'Expected string'],
  [Username, 'b', expect.stringMatching(/^3–32 of a-z/)],
  [Email, 'nowhere', 'An address such as ada@example.org; unique and private.'],
] as const

test('a field that is wrong says what it should be, and never a pattern', () => {
  for (const [schema, value, rule] of cases)
    expect(fieldErrors(Value.Errors(schema, value))).toEqual([{ path: '/', message: rule }])
  expect(fieldErrors(Value.Errors(RoomDraft, { title: ' ' }))).toContainEqual({
    path: '/title',
    message: 'Not blank.',
  })
})

test('each field is named once, and at most ten are', () => {
  expect(fieldErrors(Value.Errors(MessageDraft, { content: '' }))).toEqual([
    { path: '/content', message: 'must not be empty' },
  ])
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, 1]))
  expect(fieldErrors(Value.Errors(MessageDraft, { content: 'Ahoy', ...many }))).toHaveLength(10)
})
