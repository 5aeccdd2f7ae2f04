import { createMessageCipher, type MessageCipher } from '../../crypto/messages.ts'
import { createTermHash } from '../../crypto/term-hash.ts'
import { perKeyring, type Tools } from '../../scope.ts'
import { collectTerms, termsOfWord } from '../../text/search/terms.ts'

type Keys = {
  /** Opens the texts that are read for the index: they stay out of the cache of texts that people read. */
  cipher: MessageCipher
  currentId: string
  /** The hashes of everything that a text is found by, and of `marks`. */
  hashesIn(text: string, marks: readonly string[]): Set<number>
  /** With each key of the ring: until a rotation is done, the index has words of both. */
  hashes(term: string): number[]
  ids: string[]
}

function makeKeys({ policy: { keyring } }: Tools): Keys {
  const all = [keyring.current, ...keyring.older]
  const [hash, ...older] = all.map(({ key }) => createTermHash(key))
  return {
    cipher: createMessageCipher(keyring),
    currentId: keyring.current.id,
    hashesIn: createTextHash(hash!),
    hashes: (term) => [hash!, ...older].map((each) => each(term)),
    ids: all.map(({ id }) => id),
  }
}

/** Most words of a text were in another one before: their hashes are kept, except those of words so long that they are none. */
const mostWords = 30_000
const longestWord = 32

function createTextHash(hash: (term: string) => number): Keys['hashesIn'] {
  let known = new Map<string, number[]>()
  const ofWord = (written: string): number[] => {
    const found = known.get(written)
    if (found) return found
    const made = termsOfWord(written).map(hash)
    if (written.length > longestWord) return made
    if (known.size >= mostWords) known = new Map()
    known.set(written, made)
    return made
  }
  return (text, marks) => {
    const hashes = collectTerms(text, ofWord, hash)
    for (const mark of marks) hashes.add(hash(mark))
    return hashes
  }
}

/** The keys of the index, which are derived from those of the ring. */
export const searchKeys = perKeyring(makeKeys)

/** Terms that are no words: of what a message is, not of its text. */
export const marks = {
  author: (id: string): string => `a${id}`,
  link: 'hlink',
  pin: 'hpin',
  file: 'hfile',
}

export const hasLink = (text: string): boolean => /\bhttps?:\/\/[^\s/]/i.test(text)
