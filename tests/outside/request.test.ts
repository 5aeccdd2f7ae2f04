import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAddressList, parseAddressRange } from '../../src/config/addresses.ts'
import { isPublic } from '../../src/outside/addresses.ts'
import { requestOutside, Unreachable } from '../../src/outside/request.ts'
import { type Allowance, checkUrl } from '../../src/outside/url.ts'

const nothing: Allowance = { has: () => false, isEmpty: true }
const loopback: Allowance = { has: createAddressList([parseAddressRange('127.0.0.0/8')!]), isEmpty: false }

test('only addresses of the public Internet are public', () => {
  for (const address of [
    '1.1.1.1',
    '93.184.215.14',
    '100.63.255.255',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00::1',
  ])
    expect([address, isPublic(address)]).toEqual([address, true])
  const refused = [
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...[
      '172.31.255.255',
      '192.0.0.8',
      '192.168.1.1',
      '198.18.0.1',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
    ],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1'],
    ...[
      '64:ff9b::8.8.8.8',
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2001::1',
      '2001:0:7f00:1::',
      '2001:db8::1',
      '3fff::1',
    ],
    ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', '2606:4700::1111%eth0', 'ff02::1', 'fec0::1'],
    ...['', 'localhost', '1.1.1', '127.1'],
  ]
  for (const address of refused) expect([address, isPublic(address)]).toEqual([address, false])
})

test('a URL is refused for what it says itself, in whatever form it says it', () => {
  const wrong = (text: string, allowance = nothing) => {
    const checked = checkUrl(text, allowance)
    return typeof checked === 'string' ? checked : 'ok'
  }
  const verdicts: [string, string][] = [
    ['https://hooks.example.org/a?b#c', 'ok'],
    ['https://93.184.215.14:8443/', 'ok'],
    ['http://hooks.example.org/', 'url_not_https'],
    ['ftp://hooks.example.org/', 'url_broken'],
    ['javascript:alert(1)', 'url_broken'],
    ['//hooks.example.org', 'url_broken'],
    ['https://', 'url_broken'],
    ['https://a b/', 'url_broken'],
    [`https://hooks.example.org/${'x'.repeat(2048)}`, 'url_broken'],
    ['https://ada:secret@hooks.example.org/', 'url_has_password'],
    ['https://hooks.example.org:25/', 'url_port'],
    ['https://hooks.example.org:22/', 'url_port'],
    ...[
      ...[
        'https://127.0.0.1/',
        'https://127.1/',
        'https://2130706433/',
        'https://0x7f000001/',
        'https://0177.0.0.1/',
      ],
      ...['https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[64:ff9b::7f00:1]/', 'https://0/'],
      ...['https://localhost/', 'https://a.localhost/', 'https://LOCALHOST./', 'https://①②⑦.0.0.1/'],
      ...['https://169.254.169.254/latest/meta-data', 'https://100.100.100.200/', 'https://192.168.1.1./'],
    ].map((text): [string, string] => [text, 'url_not_public']),
  ]
  for (const [text, verdict] of verdicts) expect([text, wrong(text)]).toEqual([text, verdict])
  expect(wrong('http://127.0.0.1:1/', loopback)).toBe('ok')
  expect(wrong('http://[::ffff:127.0.0.1]:1/', loopback)).toBe('ok')
  expect(wrong('http://10.0.0.1/', loopback)).toBe('url_not_public')
  expect(wrong('http://1.1.1.1/', loopback)).toBe('url_not_https')
})

describe('a request', () => {
  const seen: Request[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      seen.push(request)
      const { pathname } = new URL(request.url)
      if (pathname === '/moved') return Response.redirect('http://169.254.169.254/', 302)
      if (pathname === '/cookie') return new Response('', { headers: { 'set-cookie': 'a=b' } })
      if (pathname === '/long') return new Response(new Uint8Array(5 << 20))
      if (pathname === '/zip') {
        const bomb = Bun.gzipSync(new Uint8Array(20 << 20))
        return new Response(bomb, { headers: { 'content-encoding': 'gzip' } })
      }
      return new Response(`got ${await request.text()}`)
    },
  })
  afterAll(() => server.stop(true))

  const ask = (host: string, path = '/', network: object = {}, more: object = {}) =>
    requestOutside(
      new URL(`http://${host}:${server.port}${path}`),
      { method: 'POST', headers: {}, body: 'hello', timeoutMs: 5000, mostBytes: 1000, ...more },
      { allowance: loopback, ...network },
    )
  const why = (asked: Promise<unknown>) =>
    asked.then(
      () => 'a response',
      (error) => (error instanceof Unreachable ? error.why : error),
    )

  test('goes to an allowed address under the name of the URL', async () => {
    const { status, body } = await ask('hooks.example', '/', { resolve: async () => ['127.0.0.1'] })
    expect([status, Buffer.from(body).toString()]).toEqual([200, 'got hello'])
    expect(seen.at(-1)!.headers.get('host')).toBe(`hooks.example:${server.port}`)
  })

  test('resolves a name once, and never goes to an address that was not checked', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254']]
    let asked = 0
    await ask('rebind.example', '/', { resolve: async () => answers[asked++]! })
    expect(asked).toBe(1)
    // The first addresses are refused, and the one that is left is connected to.
    const mixed = ['10.0.0.1', '::1', 'fe80::1%lo', '127.0.0.1']
    expect((await ask('mixed.example', '/', { resolve: async () => mixed })).status).toBe(200)
  })

  test('does not say whether a name leads to a private address or nowhere', async () => {
    const before = seen.length
    for (const addresses of [[], ['10.0.0.1'], ['::1', '192.168.0.1'], ['64:ff9b::7f00:1']])
      expect(await why(ask('x.example', '/', { resolve: async () => addresses }))).toBe('no_address')
    // The system's own resolver, and an address that is only reached without the allowance.
    expect(await why(ask('localhost', '/', { allowance: nothing }))).toBe('no_address')
    expect(await why(ask('127.0.0.1', '/', { allowance: nothing }))).toBe('no_address')
    // Public, but unencrypted.
    expect(await why(ask('x.example', '/', { resolve: async () => ['1.1.1.1'] }))).toBe('no_address')
    expect(seen.length).toBe(before)
    expect((await ask('localhost')).status).toBe(200)
  })

  test('follows no redirect and keeps no cookie', async () => {
    const moved = await ask('127.0.0.1', '/moved')
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'http://169.254.169.254/'])
    await ask('127.0.0.1', '/cookie')
    await ask('127.0.0.1')
    expect(seen.at(-1)!.headers.get('cookie')).toBe(null)
  })

  test('reads no more than it was to read, however much is sent, and inflates nothing', async () => {
    const long = await ask('127.0.0.1', '/long')
    expect([long.body.length, long.whole]).toEqual([1000, false])
    const zip = await ask('127.0.0.1', '/zip')
    expect(zip.body.length).toBe(1000)
    expect([zip.body[0], zip.body[1]]).toEqual([0x1f, 0x8b])
  })

  test('tries the next address when nobody listens at the first', async () => {
    const both = async () => ['127.0.0.9', '127.0.0.1']
    expect((await ask('two.example', '/', { resolve: both })).status).toBe(200)
    expect(await why(ask('one.example', '/', { resolve: async () => ['127.0.0.9'] }))).toBe('not_reached')
  })

  const slow: [string, (socket: Socket) => void][] = [
    ['says nothing', () => {}],
    ['sends its headers letter by letter', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx: ', 'x')],
    [
      'sends its body letter by letter',
      (socket) => drip(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', 'x'),
    ],
    [
      'sends its headers without an end',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n')
        const more = () => socket.writable && socket.write(`x: ${'y'.repeat(1000)}\r\n`.repeat(100), more)
        more()
      },
    ],
  ]
  test.each(slow)('ends in time when the other side %s', async (_, behave) => {
    const sockets: Socket[] = []
    const listening = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      behave(socket)
    })
    await new Promise<void>((listen) => listening.listen(0, '127.0.0.1', listen))
    const { port } = listening.address() as { port: number }
    const before = process.memoryUsage.rss()
    const asked = requestOutside(
      new URL(`http://127.0.0.1:${port}/`),
      { method: 'GET', headers: {}, timeoutMs: 600, mostBytes: 1 << 20 },
      { allowance: loopback },
    )
    expect(['timeout', 'not_reached']).toContain(await why(asked))
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20)
    for (const socket of sockets) socket.destroy()
    listening.close()
  })

  test.skipIf(!Bun.which('openssl'))(
    'over TLS wants a certificate for the name, not for the address',
    async () => {
      const files = mkdtempSync(join(tmpdir(), 'parley-tls-'))
      const [key, cert] = [join(files, 'key.pem'), join(files, 'cert.pem')]
      const made = Bun.spawnSync([
        ...[
          'openssl',
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=hooks.example',
        ],
        ...['-addext', 'subjectAltName=DNS:hooks.example', '-keyout', key, '-out', cert],
      ])
      expect(made.exitCode).toBe(0)
      const ca = await Bun.file(cert).text()
      const secure = Bun.serve({
        ...{ hostname: '127.0.0.1', port: 0, tls: { key: Bun.file(key), cert: ca } },
        fetch: () => new Response('secure'),
      })
      const ask = (host: string, trusted?: string) =>
        requestOutside(
          new URL(`https://${host}:${secure.port}/`),
          { method: 'GET', headers: {}, timeoutMs: 5000, mostBytes: 100 },
          { allowance: loopback, resolve: async () => ['127.0.0.1'], ...(trusted && { ca: trusted }) },
        )
      expect(Buffer.from((await ask('hooks.example', ca)).body).toString()).toBe('secure')
      expect(await why(ask('other.example', ca))).toBe('tls')
      expect(await why(ask('127.0.0.1', ca))).toBe('tls')
      expect(await why(ask('hooks.example'))).toBe('tls')
      await secure.stop(true)
      rmSync(files, { recursive: true })
    },
  )

  test('ends in time when the name server is silent', async () => {
    const never = () => new Promise<string[]>(() => {})
    expect(await why(ask('slow.example', '/', { resolve: never }, { timeoutMs: 100 }))).toBe('timeout')
  })
})

function drip(socket: Socket, first: string, then: string): void {
  socket.write(first)
  const timer = setInterval(() => socket.write(then), 20)
  socket.on('close', () => clearInterval(timer))
}
