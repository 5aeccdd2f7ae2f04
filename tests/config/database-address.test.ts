import { describe, expect, test } from 'bun:test'
import { readAddress, shownAddress } from '../../src/config/database-address.ts'

const local = { host: ['localhost'], port: [5432] }

describe('addresses that libpq takes', () => {
  test.each<[string, ReturnType<typeof readAddress>]>([
    ['postgres://ada@db/chat', { host: ['db'], port: [5432], user: 'ada', database: 'chat' }],
    [
      'postgresql://ada@127.0.0.1:6432/chat',
      { host: ['127.0.0.1'], port: [6432], user: 'ada', database: 'chat' },
    ],
    [
      'postgres://ada:pw@[::1]:6432/chat',
      { host: ['::1'], port: [6432], user: 'ada', password: 'pw', database: 'chat' },
    ],
    [
      'postgresql://[2001:db8::7]/chat?sslmode=require',
      { host: ['2001:db8::7'], port: [5432], database: 'chat', tls: { mode: 'require' } },
    ],
    ['postgres://one,two:6432/chat', { host: ['one', 'two'], port: [5432, 6432], database: 'chat' }],
    ['postgres://one:6432,[::1]:6433,three/', { host: ['one', '::1', 'three'], port: [6432, 6433, 5432] }],
    ['postgres://one,two?port=6432,6433', { host: ['one', 'two'], port: [6432, 6433] }],
    ['postgres://db/b%C3%BCro%20chat', { host: ['db'], port: [5432], database: 'büro chat' }],
    ['postgres://', local],
    ['postgres:///chat', { ...local, database: 'chat' }],
    ['postgres://ada:p%40%2f%3A%25#x@db', { host: ['db'], port: [5432], user: 'ada', password: 'p@/:%#x' }],
    [
      'postgres://ada@%2Frun%2Fpostgresql/chat',
      {
        host: ['/run/postgresql'],
        port: [5432],
        path: '/run/postgresql/.s.PGSQL.5432',
        user: 'ada',
        database: 'chat',
      },
    ],
    [
      'postgresql:///chat?host=/var/run/postgresql&port=6432&sslmode=require',
      {
        host: ['/var/run/postgresql'],
        port: [6432],
        path: '/var/run/postgresql/.s.PGSQL.6432',
        database: 'chat',
      },
    ],
    [
      'postgres:///?host=::1&user=ada&password=a%20b&dbname=chat&connect_timeout=5&target_session_attrs=any',
      { host: ['::1'], port: [5432], user: 'ada', password: 'a b', database: 'chat', connectSeconds: 5 },
    ],
    [
      'postgres:///?options=-c%20geqo%3Doff%20--work-mem=4MB%20-csearch_path=a%5C%20b&application_name=chat&client_encoding=utf8',
      { ...local, settings: { geqo: 'off', work_mem: '4MB', search_path: 'a b', application_name: 'chat' } },
    ],
    [
      'postgres:///?sslrootcert=/ca.pem&sslcert=/own.pem&sslkey=/own.key',
      {
        ...local,
        tls: { mode: 'verify-full', authority: '/ca.pem', certificate: '/own.pem', key: '/own.key' },
      },
    ],
    ['postgres:///?sslmode=verify-full&sslrootcert=system', { ...local, tls: { mode: 'verify-full' } }],
    ['postgres:///?sslmode=allow', { ...local, tls: { mode: 'prefer' } }],
    ['postgres:///?sslmode=disable', local],
  ])('%s', (url, address) => expect(readAddress(url)).toEqual(address))
})

test.each<[string, string]>([
  ['mysql://db/chat', 'must look like postgres://'],
  ['postgres:db', 'must look like postgres://'],
  ['postgres://ada:50%off@db/chat', 'percent-encode the user name and the password ("%" is %25'],
  ['postgres://ada:canary@canary@db/chat', '("%" is %25, "@" is %40'],
  ['postgres://ada:canary/canary@db/chat', '"/" is %2F'],
  ['postgres://ada:canary?canary@db/chat', '"?" is %3F'],
  ['postgres://::1/chat', 'write an IPv6 address in brackets, as in [::1]:5432'],
  ['postgres://db:0/chat', 'needs a port from 1 to 65535'],
  ['postgres://db:70000/chat', 'needs a port from 1 to 65535'],
  ['postgres://one,two/?port=1,2,3', 'another number of ports than of hosts'],
  ['postgres:///?host=/run,db', 'name only that one'],
  ['postgres://db/?schema=public', 'has the parameter "schema", which Parley does not know'],
  ['postgres://db/?statement_timeout=0', 'options=-c%20name=value'],
  ['postgres://db/?sslmode=on', 'it must be disable or allow or prefer or require'],
  ['postgres://db/?channel_binding=require', 'it must be disable or prefer'],
  ['postgres://db/?target_session_attrs=standby', 'it must be any or read-write or primary'],
  ['postgres://db/?client_encoding=latin1', 'it must be UTF8'],
  ['postgres://db/?sslcert=/own.pem', 'give both'],
  ['postgres://db/?options=-d%205', 'options other than "-c name=value"'],
  ['postgres://127.0.0.1,[::1]/?sslmode=verify-full', 'use host names, or one address'],
])('%s is refused with what to do', (url, sentence) => {
  expect(() => readAddress(url)).toThrow(sentence)
  expect(() => readAddress(url)).not.toThrow('canary')
})

test.each([
  [
    'postgres://me:canary@db:1,[::1]:2/chat?sslmode=require&password=canary&sslkey=canary',
    'postgres://me:hidden@db:1,[::1]:2/chat?sslmode=require&password=hidden&sslkey=hidden',
  ],
  // A URL ends its host at "#", so what follows was taken for a fragment and shown.
  ['postgres://me:1#canary@db/chat', 'postgres://me:hidden@db/chat'],
  ['postgres://me:canary@canary@db', '[hidden]'],
  ['postgres://db', 'postgres://db'],
])('%s is shown without its secrets', (url, shown) => expect(shownAddress(url)).toBe(shown))
