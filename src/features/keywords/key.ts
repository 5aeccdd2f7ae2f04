import { deriveKey } from '../../crypto/keys.ts'
import { createMessageCipher, type MessageCipher } from '../../crypto/messages.ts'
import { perServer, type Tools } from '../../scope.ts'
import { sealedSetting } from '../sealed-setting.ts'

/**
 * What keywords are hashed and sealed with. Not a key of the ring, because a hash must stay the same when that is rotated: the text of a
 * message that has a keyword is not read again for it.
 */
export const keywordKey = sealedSetting('keyword_key', 'keyword key', () =>
  crypto.getRandomValues(Buffer.alloc(32)).toString('base64'),
)

export type KeywordCipher = Pick<MessageCipher, 'seal' | 'open'> & {
  /** HMAC-SHA256, cut to 128 bits, in the form of a uuid: nobody who has only the database can say which word it is. */
  hashOf(step: string): string
}

const made = perServer(() => ({
  from: undefined as string | undefined,
  cipher: undefined as KeywordCipher | undefined,
}))

/** Undefined where nobody has ever had a keyword. */
export async function findCipher(tools: Tools): Promise<KeywordCipher | undefined> {
  const key = await keywordKey.find(tools)
  return key === undefined ? undefined : cipherOf(tools, key)
}

export const loadCipher = async (tools: Tools): Promise<KeywordCipher> =>
  cipherOf(tools, await keywordKey.load(tools))

function cipherOf(tools: Tools, from: string): KeywordCipher {
  const kept = made(tools)
  if (kept.cipher && kept.from === from) return kept.cipher
  const secret = Buffer.from(from, 'base64')
  const hashKey = deriveKey(secret, 'keyword hashes')
  const { seal, open } = createMessageCipher({
    current: { id: 'keyword', key: deriveKey(secret, 'keywords') },
    older: [],
  })
  const hashOf = (step: string): string =>
    new Bun.CryptoHasher('sha256', hashKey)
      .update(step)
      .digest('hex')
      .slice(0, 32)
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  const cipher = { seal, open, hashOf }
  Object.assign(kept, { from, cipher })
  return cipher
}

/** What the seal of a keyword is bound to. */
export const placeOfKeyword = (user: string, hash: string): string => `keyword ${user} ${hash}`
