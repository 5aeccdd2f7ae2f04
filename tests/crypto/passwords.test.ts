import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createPasswordHasher, HasherBusy, weakness } from '../../src/crypto/passwords.ts'
import { cpuMs } from '../support/cpu.ts'

const quick = { concurrency: 2, queue: 200, memoryKiB: 8, timeCost: 1 }
const ada = { username: 'ada-lovelace', email: 'countess@example.org' }

describe('a password', () => {
  const hasher = createPasswordHasher(quick)
  const matches = async (set: string, given: string) => hasher.verify(given, await hasher.hash(set))

  test('is stored as argon2id with the cost that was asked for', async () => {
    expect(await createPasswordHasher({ concurrency: 1, queue: 0 }).hash('blue kettle')).toStartWith(
      '$argon2id$v=19$m=19456,t=2,p=1$',
    )
    expect(await hasher.hash('blue kettle')).not.toBe(await hasher.hash('blue kettle'))
  })

  test('counts to its last character, beyond 100 bytes, behind a NUL and in every script', async () => {
    for (const password of ['k'.repeat(100), 'blue\0kettle', '日本語のパスワード', '🔐'.repeat(256)]) {
      expect(await matches(password, password)).toBe(true)
      expect(await matches(password, `${password}x`)).toBe(false)
      expect(await matches(`${password}y`, `${password}x`)).toBe(false)
      expect(await matches(password, password.slice(0, -2))).toBe(false)
    }
  })

  test('is the same however a keyboard composes its accents, and only then', async () => {
    expect(await matches('crème brûlée', 'crème brûlée'.normalize('NFD'))).toBe(true)
    expect(await matches('blue\u00a0kettle', 'blue kettle')).toBe(true)
    expect(await matches('ﬁne kettle', 'fine kettle')).toBe(false)
    expect(await matches('Blue kettle', 'blue kettle')).toBe(false)
    expect(await matches(' blue kettle', 'blue kettle')).toBe(false)
  })

  test('with a broken character matches nothing', async () => {
    expect(await matches('kettle\ufffd', 'kettle\ud800')).toBe(false)
  })

  test('always matches itself and no other', async () => {
    const given = fc.string({ unit: 'binary', minLength: 1 })
    await fc.assert(
      fc.asyncProperty(given, given, async (one, other) => {
        expect(await matches(one, one)).toBe(true)
        if (one.replace(/\p{Zs}/gu, ' ').normalize() !== other.replace(/\p{Zs}/gu, ' ').normalize()) {
          expect(await matches(one, other)).toBe(false)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('an unknown user', () => {
  test('gets the same response after the same work as a known user with a wrong password', async () => {
    // Costly enough that leaving the work out would show as a hundredfold difference.
    const hasher = createPasswordHasher({ concurrency: 1, queue: 10, memoryKiB: 8_192, timeCost: 2 })
    const hash = await hasher.hash('blue kettle')
    const medianOf = async (stored: string | undefined) => {
      const took: number[] = []
      for (let round = 0; round < 9; round++) {
        took.push(await cpuMs(async () => expect(await hasher.verify('wrong kettle', stored)).toBe(false)))
      }
      return took.sort((a, b) => a - b)[4]!
    }
    const ratio = (await medianOf(undefined)) / (await medianOf(hash))
    expect(ratio).toBeGreaterThan(0.3)
    expect(ratio).toBeLessThan(3)
  })
})

describe('a flood of logins', () => {
  test('runs two at a time, lets a few wait, and refuses the rest at once', async () => {
    const hasher = createPasswordHasher({ ...quick, queue: 3 })
    const answers = Array.from({ length: 10 }, () =>
      hasher.hash('blue kettle').then(
        () => 'done',
        (error) => error,
      ),
    )
    expect(hasher.waiting()).toBe(3)
    const settled = await Promise.all(answers)
    expect(settled.filter((answer) => answer === 'done')).toHaveLength(5)
    expect(settled.filter((answer) => answer instanceof HasherBusy && answer.retryAfterMs > 0)).toHaveLength(
      5,
    )
    expect(hasher.waiting()).toBe(0)
    expect(await hasher.hash('blue kettle')).toStartWith('$argon2id$')
  })

  test('keeps going after a call that fails', async () => {
    const hasher = createPasswordHasher({ ...quick, concurrency: 1 })
    const failed = hasher.verify('blue kettle', 'not a hash').then(
      () => 'fine',
      () => 'failed',
    )
    const next = hasher.hash('blue kettle')
    expect(await failed).toBe('failed')
    expect(await next).toStartWith('$argon2id$')
  })
})

describe('a new password is refused', () => {
  test('under 8 and over 1,024 characters, whatever their bytes', () => {
    expect(weakness('🔐🔑🗝️abc', ada)).toEqual(['too_short', { min: 8 }])
    expect(weakness('日本語のパス鍵', ada)).toEqual(['too_short', { min: 8 }])
    expect(weakness('日本語のパス鍵穴', ada)).toBeUndefined()
    const long = Array.from({ length: 1_024 }, (_, at) => String.fromCodePoint(0x1f300 + (at % 500))).join('')
    expect(weakness(long, ada)).toBeUndefined()
    expect(weakness(`${long}x`, ada)).toEqual(['too_long', { max: 1024 }])
  })

  test('when it is the name or the address of its owner, in any case', () => {
    for (const own of ['Ada-Lovelace', 'COUNTESS@example.org', 'countess']) {
      expect(weakness(own, ada)).toEqual(['password_is_name'])
    }
    expect(weakness('Ada-Lovelace', { username: 'ben' })).toBeUndefined()
  })

  test('when everybody else has it too', () => {
    const common =
      `password Password1 PASSWORD123 p@ssw0rd P@ssw0rd! passw0rd1 12345678 123456789 1234567890 87654321
      0987654321 qwertyuiop qwerty123 Qwerty12345 1q2w3e4r 1qaz2wsx iloveyou sunshine princess1 football baseball
      welcome1 Welcome@123 letmein1 trustno1 admin123 administrator 11111111 00000000 aaaaaaaa 12341234 abcabcab
      123123123 abcdefgh zyxwvuts asdfghjkl lkjhgfdsa superman starwars michael1 Summer2024! changeme hunter12
      monkey123 dragon99 qazwsxedc 11223344 a1b2c3d4 zaq12wsx`.split(/\s+/)
    for (const password of common)
      expect([password, weakness(password, ada)]).toEqual([password, ['password_common']])
  })

  test('when it is the name of its owner or of the site with a number, or a word or a walk twice', () => {
    const eve = { username: 'mallory', email: 'kestrel.quill@example.org' }
    for (const own of [
      'mallory1',
      'Mallory-1990',
      'mallory mallory',
      '2024_mallory!',
      'kestrel.quill7',
      'KestrelQuill',
    ])
      expect([own, weakness(own, eve)]).toEqual([own, ['password_is_name']])
    const site = 'talk.lighthouse.example'
    for (const common of [
      ...[
        'parleyparley',
        'parley-parley',
        'kettle kettle',
        'Kettle.Kettle.1990',
        'asdfqwer',
        'qwer-asdf-zxcv',
      ],
      ...['lighthouse', 'Lighthouse2026!', 'talk.lighthouse.example', 'talktalk99'],
    ])
      expect([common, weakness(common, eve, site)]).toEqual([common, ['password_common']])
    expect(weakness('lighthouse keeper', eve, site)).toBeUndefined()
    expect(weakness('mallory likes herons', eve, site)).toBeUndefined()
  })

  test('when it is made of the names of its owner, of their address and of the site, and a number', () => {
    const owner = { username: 'mallory', email: 'm.quill@kettleworks.example', displayName: 'Kestrel Quill' }
    const site = 'talk.lighthouse.example'
    for (const own of [
      'kestrelquill',
      'Quill-Kestrel-77',
      'quill2026',
      'malloryquill1',
      'm.quill@kettleworks.example',
    ])
      expect([own, weakness(own, owner, site)]).toEqual([own, ['password_is_name']])
    for (const common of [
      'mallorylighthouse',
      'Lighthouse-Mallory-1',
      'kettleworks2026',
      'kettleworks.example',
      'quill@kettleworks',
    ])
      expect([common, weakness(common, owner, site)]).toEqual([common, ['password_common']])
    expect(weakness('mallory at the lighthouse', owner, site)).toBeUndefined()
  })

  test('a good password is not refused', () => {
    for (const password of [
      'blue kettle',
      'correct pony staple',
      'vX9$kw2!',
      'summerhouse rain',
      'Tr0mbone-lid',
      'k'.repeat(7) + 'L'.repeat(9),
    ]) {
      expect([password, weakness(password, ada)]).toEqual([password, undefined])
    }
  })

  test('with half of a surrogate pair', () => {
    expect(weakness('kettle kettle \ud800', ada)).toEqual(['broken_text'])
  })
})
