import { expect, test } from 'bun:test'
import { realHost } from '../../src/text/real-host.ts'

test('a link that looks like one to another host says which host it leads to', () => {
  const deceptive: [href: string, shown: string | undefined, host: string][] = [
    ['https://good.example@evil.test/', undefined, 'evil.test'],
    ['https://good.example:443@evil.test:81/', undefined, 'evil.test:81'],
    ['https://%65vil.test/', undefined, 'evil.test'],
    ['http://0x7f.1/', undefined, '127.0.0.1'],
    // Cyrillic among Latin letters, and all of them Cyrillic.
    ['https://аpple.com', undefined, 'xn--pple-43d.com'],
    ['https://аррӏе.com/', undefined, 'xn--80ak6aa92e.com'],
    ['https://gооgle\u200b.com/', undefined, 'xn--ggle-55da.com'],
    ['https://evil.test', 'https://good.example', 'evil.test'],
    ['https://evil.test', 'Log in at https://good.example/login', 'evil.test'],
    ['https://evil.test', 'good.example', 'evil.test'],
    ['https://evil.test', ' www.good.example/login ', 'evil.test'],
  ]
  for (const [href, shown, host] of deceptive)
    expect([href, shown, realHost(href, shown)]).toEqual([href, shown, host])
})

test('an honest link stays as it is', () => {
  const honest: [href: string, shown?: string][] = [
    ['https://example.org/a?b=c@d#e@f'],
    ['https://EXAMPLE.org:8080/'],
    ['http://[::1]:8000/'],
    ['https://xn--pple-43d.com'],
    ['https://bücher.example'],
    ['https://пример.рф'],
    ['https://例え.jp'],
    ['https://exampleです.jp'],
    ['mailto:ada@example.org'],
    ['https://www.example.org/a', 'example.org'],
    ['https://example.org/a', 'https://www.example.org/b'],
    ['https://example.org', 'the docs'],
    ['https://example.org', 'README.md'],
    ['https://example.org', 'Node.js'],
    ['https://example.org', 'e.g.'],
    ['https://example.org', '1.2.3'],
  ]
  for (const [href, shown] of honest)
    expect([href, shown, realHost(href, shown)]).toEqual([href, shown, undefined])
})
