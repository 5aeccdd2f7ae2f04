import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { makeKey, parseKeyring } from '../../src/crypto/keyring.ts'
import { createMessageCipher, Tampered } from '../../src/crypto/messages.ts'

const oldKey = makeKey()
const newKey = makeKey()
const cipher = createMessageCipher(parseKeyring(newKey))
const place = 'r4nd0mr00mk3y|17|ada'
const wellFormed = fc.string({ unit: 'binary' })

describe('a sealed text', () => {
  test('opens to exactly the text that was sealed, whatever its characters', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (text, somewhere) => {
        expect(cipher.open(cipher.seal(text, somewhere), somewhere)).toBe(text)
      }),
      {
        examples: [
          ['', ''],
          ['\0', 'a'],
          ['\uFEFFhi', 'a'],
          ['👩‍👩‍👧‍👦 é e\u0301', 'a'],
        ],
      },
    )
  })

  test('does not open when any single bit of it is flipped', () => {
    const sealed = Buffer.from(cipher.seal('Hello, Ben', place), 'latin1')
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => cipher.open(changed.toString('latin1'), place)).toThrow(Tampered)
    }
  })

  test('does not open when it is cut, lengthened, emptied or spelled otherwise', () => {
    const sealed = cipher.seal('x'.repeat(31), place)
    for (let length = 0; length < sealed.length; length++) {
      expect(() => cipher.open(sealed.slice(0, length), place)).toThrow(Tampered)
    }
    for (const other of [
      '',
      '..',
      `${sealed}A`,
      `${sealed}=`,
      `${sealed}\n`,
      ` ${sealed}`,
      '1.__proto__.AAAA',
    ]) {
      expect(() => cipher.open(other, place)).toThrow(Tampered)
    }
  })

  test('does not open in the place of another', () => {
    const mine = cipher.seal('mine', 'room|1|ada')
    const yours = cipher.seal('yours', 'room|2|ben')
    expect(() => cipher.open(mine, 'room|2|ben')).toThrow(Tampered)
    expect(() => cipher.open(yours, 'room|1|ada')).toThrow(Tampered)
  })

  test('never has the same form twice', () => {
    // More than one pool of random bytes holds, so that the refill is passed.
    const sealed = Array.from({ length: 6_000 }, () => cipher.seal('same', place))
    expect(new Set(sealed.map((text) => text.split('.')[2]?.slice(0, 16))).size).toBe(6_000)
  })

  test('does not show its text', () => {
    const sealed = cipher.seal('canary canary canary', place)
    expect(sealed).toMatch(/^1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/)
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').includes('canary')).toBe(false)
  })
})

describe('after a change of keys', () => {
  test('new texts use the new key and old ones still open', () => {
    const before = createMessageCipher(parseKeyring(oldKey)).seal('long ago', place)
    const after = createMessageCipher(parseKeyring(`${newKey},${oldKey}`))
    expect(after.open(before, place)).toBe('long ago')
    expect(after.seal('now', place)).toStartWith(`1.${newKey.split(':')[0]}.`)
    expect(() => cipher.open(before, place)).toThrow(Tampered)
  })

  test('a text cannot be passed off as sealed with another key', () => {
    const bare = newKey.split(':')[1]
    const twice = createMessageCipher(parseKeyring(`a:${bare},b:${bare}`))
    expect(() => twice.open(twice.seal('hi', place).replace('1.a.', '1.b.'), place)).toThrow(Tampered)
  })
})
