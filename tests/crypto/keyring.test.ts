import { describe, expect, test } from 'bun:test'
import { makeKey, parseKeyring, writeKeyring } from '../../src/crypto/keyring.ts'

const bytes = Buffer.from('3f9a1c77e05b82d4468ee3109cb5f72a6dd1084b95ae2fc3501b7de8c4926a3f', 'hex')

describe('ENCRYPTION_KEY', () => {
  test('is one key as base64, base64url or hex, and all three name the same key', () => {
    const rings = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')].map(
      parseKeyring,
    )
    for (const ring of rings) {
      expect(ring.current.key.equals(bytes)).toBe(true)
      expect(ring.current.id).toBe(rings[0]!.current.id)
      expect(ring.older).toEqual([])
    }
  })

  test('is a list of named keys, the current one first', () => {
    const ring = parseKeyring(`spring:${bytes.toString('base64')}, ${makeKey()}`)
    expect(ring.current.id).toBe('spring')
    expect(ring.older).toHaveLength(1)
  })

  test('is refused with its reason, and the reason never holds the key', () => {
    const key = bytes.toString('base64')
    const refused = (text: string) => {
      try {
        parseKeyring(text)
      } catch (error) {
        expect((error as Error).message).not.toContain(key.slice(0, 12))
        return (error as Error).message
      }
      return 'accepted'
    }
    expect(refused('')).toBe('is missing')
    expect(refused(key.slice(0, 20))).toContain('shorter')
    expect(refused(`a:${key},a:${makeKey().split(':')[1]}`)).toContain('same id')
    expect(refused('0'.repeat(64))).toContain('regular')
    expect(refused(Buffer.alloc(32).toString('base64'))).toContain('regular')
    expect(refused('15d8f5f31c97b88aa6b303aa437b6e949afadc60b76ecfcbd085df680f4e353e')).toContain(
      'well-known',
    )
    expect(refused('your-encryption-key-change-this-in-production')).toContain('well-known')
  })

  test('is a passphrase too: the same text is the same key', () => {
    const text = 'lantern pier ferry thermos at ten o clock'
    expect(parseKeyring(text).current.key).toEqual(parseKeyring(text).current.key)
    expect(parseKeyring(text).current.key.length).toBe(32)
    expect(parseKeyring(`old:${text}`).current.id).toBe('old')
  })

  test('is written in the form in which it is read, also a passphrase or a key without an id', () => {
    const text = 'lantern pier ferry thermos at ten o clock'
    for (const written of [makeKey(), bytes.toString('hex'), text, `${makeKey()},old:${text}`]) {
      const ring = parseKeyring(written)
      expect(parseKeyring(writeKeyring(ring))).toEqual(ring)
    }
  })

  test('is made at random, with an id that says nothing of it', () => {
    const made = Array.from({ length: 100 }, makeKey)
    expect(new Set(made).size).toBe(100)
    for (const key of made) expect(parseKeyring(key).current.id).toMatch(/^[0-9a-f]{8}$/)
  })
})
