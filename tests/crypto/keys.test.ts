import { describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import {
  checkSecret,
  constantTimeEqual,
  deriveKey,
  hashToken,
  keyedHash,
  randomId,
  randomToken,
} from '../../src/crypto/keys.ts'

describe('keys and tokens', () => {
  test('a derived key is HKDF-SHA256 of the secret for one purpose', () => {
    // RFC 5869 written out: extract with the salt, then one round of expand.
    const extracted = createHmac('sha256', 'parley').update('a secret').digest()
    const expanded = createHmac('sha256', extracted).update('access tokens').update(Buffer.of(1)).digest()
    expect(deriveKey('a secret', 'access tokens').equals(expanded)).toBe(true)
    expect(deriveKey('a secret', 'tickets').equals(expanded)).toBe(false)
    expect(deriveKey('another', 'access tokens').equals(expanded)).toBe(false)
  })

  test('a keyed hash is HMAC-SHA256', () => {
    const key = deriveKey('a secret', 'hashes')
    expect(keyedHash(key, 'ada')).toBe(createHmac('sha256', key).update('ada').digest('base64url'))
  })

  test('tokens are stored as their hash and compared as such', () => {
    const token = randomToken(32)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(hashToken('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
    expect(constantTimeEqual(hashToken(token), hashToken(token))).toBe(true)
    expect(constantTimeEqual(hashToken(token), hashToken(`${token}x`))).toBe(false)
    expect(constantTimeEqual('ä', 'ab')).toBe(false)
    expect(constantTimeEqual('', '')).toBe(true)
  })

  test('an id is 16 small letters and digits, each as likely as the other, and never comes twice', () => {
    const ids = Array.from({ length: 20_000 }, randomId)
    expect(new Set(ids).size).toBe(ids.length)
    const seen = new Map<string, number>()
    for (const letter of ids.join('')) seen.set(letter, (seen.get(letter) ?? 0) + 1)
    expect([...seen.keys()].sort().join('')).toBe('0123456789abcdefghijklmnopqrstuvwxyz')
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{16}$/)
    // 320,000 letters, about 8,889 of each, give or take 93: six times that is chance once in a hundred million.
    for (const count of seen.values()) expect(Math.abs(count - 8_889)).toBeLessThan(560)
  })
})

describe('a secret is refused', () => {
  test('when it is missing, short, known to everybody or too regular', () => {
    expect(checkSecret(undefined)).toBe('is missing')
    expect(checkSecret('   ')).toBe('is missing')
    expect(checkSecret('vX9$kw2!short')).toBe('is shorter than 32 characters')
    const known = [
      'your-secret-key-change-this-in-production',
      '15d8f5f31c97b88aa6b303aa437b6e949afadc60b76ecfcbd085df680f4e353e',
      '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
      'change-me-change-me-change-me-12345',
      'CHANGE_ME_to_32_or_more_random_characters',
      'your_secret_key_your_secret_key_1234',
      'a-string-secret-at-least-256-bits-long',
    ]
    for (const secret of known)
      expect([secret, checkSecret(secret)]).toEqual([secret, 'is a well-known example'])
    for (const secret of ['x'.repeat(40), 'abab'.repeat(10)])
      expect([secret, checkSecret(secret)]).toEqual([secret, 'is too regular to be random'])
  })

  test('a random secret in hex or base64 is never refused', () => {
    for (let round = 0; round < 2_000; round++) {
      const bytes = Buffer.from(randomToken(24), 'base64url')
      expect(checkSecret(bytes.toString('hex'))).toBeUndefined()
      expect(checkSecret(bytes.toString('base64'))).toBeUndefined()
    }
  })
})
