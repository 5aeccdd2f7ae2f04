import { expect, test } from 'bun:test'
import { readAddress } from '../../src/storage/address.ts'

test.each<[string, ReturnType<typeof readAddress>]>([
  ['postgres://ada@db/chat', { host: ['db'], port: [5432], database: 'chat' }],
  ['postgres://ada@127.0.0.1:6432/chat', { host: ['127.0.0.1'], port: [6432], database: 'chat' }],
  ['postgres://ada:pw@[::1]:6432/chat', { host: ['::1'], port: [6432], database: 'chat' }],
  [
    'postgresql://ada@[2001:db8::7]/chat?sslmode=require',
    { host: ['2001:db8::7'], port: [5432], database: 'chat' },
  ],
  ['postgres://ada@one,two:6432/chat', { host: ['one', 'two'], port: [6432, 6432], database: 'chat' }],
  ['postgres://ada@db/b%C3%BCro%20chat', { host: ['db'], port: [5432], database: 'büro chat' }],
  ['postgres://ada@db', { host: ['db'], port: [5432] }],
  [
    'postgres://ada@%2Frun%2Fpostgresql/chat',
    { host: ['/run/postgresql'], port: [5432], path: '/run/postgresql/.s.PGSQL.5432', database: 'chat' },
  ],
])('%s', (url, address) => {
  expect(readAddress(url)).toEqual(address)
})
