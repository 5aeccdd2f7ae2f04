import { expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import { commands } from '../../src/protocol/commands.ts'
import { fieldErrors } from '../../src/protocol/field-errors.ts'
import { ClientId, Email, Emoji, RoomId, Seq, Username } from '../../src/protocol/fields.ts'
import { Content, MessageEdit, NewMessage } from '../../src/protocol/messages.ts'
import { NewRoom, RoomChange, Silence } from '../../src/protocol/rooms.ts'
import { NewToken } from '../../src/protocol/tokens.ts'

const because = (schema: Parameters<typeof Value.Errors>[0], value: unknown) =>
  fieldErrors(Value.Errors(schema, value)).map(({ path, reason, params }) => [path, reason, params])

const access = { allowed: ['open', 'closed', 'admins', 'direct'] }
const seconds = { min: 0, max: 3600 }
const cases = [
  [Content, 'x'.repeat(8001), '/', 'too_long', { max: 8000 }],
  [Content, '', '/', 'empty'],
  [Content, ' \n', '/', 'empty'],
  [Content, 'a\0b', '/', 'broken_text'],
  [Content, 5, '/', 'not_text'],
  [Username, 'b', '/', 'username_format'],
  [Email, 'nowhere', '/', 'email_format'],
  [RoomId, 'X y', '/', 'room_id_format'],
  [ClientId, 'a b', '/', 'client_id_format'],
  [Emoji, ' ', '/', 'emoji_format'],
  [NewRoom, { title: ' ' }, '/title', 'empty'],
  [NewRoom, { access: 'secret' }, '/access', 'not_one_of', access],
  [NewRoom, [], '/', 'not_an_object'],
  [RoomChange, {}, '/', 'nothing_given'],
  [RoomChange, { slow_seconds: 1.5 }, '/slow_seconds', 'not_in_range', seconds],
  [RoomChange, { slow_seconds: -1 }, '/slow_seconds', 'not_in_range', seconds],
  [RoomChange, { slow_seconds: 3601 }, '/slow_seconds', 'not_in_range', seconds],
  [Seq, 'x', '/', 'not_an_integer'],
  [Seq, 0, '/', 'too_small', { min: 1 }],
  [Seq, 2 ** 53, '/', 'too_large', { max: Number.MAX_SAFE_INTEGER }],
  [RoomChange, { archived: 'yes' }, '/archived', 'not_a_boolean'],
  [NewToken, { name: 'x', scopes: 'read' }, '/scopes', 'not_a_list'],
  [NewToken, { name: 'x', scopes: [] }, '/scopes', 'empty'],
  [NewToken, { name: 'x', scopes: ['read', 'read'] }, '/scopes', 'repeated_item'],
  [commands.ping, { type: 'ping', ref: {} }, '/ref', 'ref_format'],
  [NewMessage, {}, '/content', 'required'],
  [NewMessage, { content: 'x', colour: 'red' }, '/colour', 'unknown_field'],
] as const

test('a field that is wrong says what it should be, and never a pattern', () => {
  for (const [schema, value, ...expected] of cases) {
    expect(because(schema, value)).toEqual([[expected[0], expected[1], expected[2]]])
  }
})

test('a list that is too long or holds what is not allowed names its items', () => {
  const scopes = ['read', 'write', 'rooms', 'admin', 'fly']
  expect(because(NewToken, { name: 'x', scopes })).toEqual([
    ['/scopes', 'too_many_items', { max: 4 }],
    ['/scopes/4', 'not_one_of', { allowed: scopes.slice(0, 4) }],
  ])
})

test('each field is named once, and at most ten are', () => {
  expect(because(MessageEdit, { content: '' })).toEqual([['/content', 'empty', undefined]])
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, 1]))
  expect(because(NewMessage, { content: 'Ahoy', ...many })).toHaveLength(10)
})

test('a name that is no name is not repeated: it may be a password', () => {
  const errors = fieldErrors(Value.Errors(NewMessage, { content: 'x', '{"password":"tide"}': '' }))
  expect(JSON.stringify(errors)).not.toContain('tide')
  expect(errors).toMatchObject([{ path: '/', reason: 'unknown_field' }])
})

test('an unknown field of a form is not named at all', () => {
  const errors = fieldErrors(Value.Errors(NewMessage, { content: 'x', tide: '' }), { hidesNames: true })
  expect(errors).toMatchObject([{ path: '/', reason: 'unknown_field' }])
})

test('a time that is none is named', () => {
  expect(because(Silence, { until: 5 })).toEqual([['/until', 'not_text', undefined]])
})
