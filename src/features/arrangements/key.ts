import { deriveKey } from '../../crypto/keys.ts'
import { createMessageCipher, type MessageCipher } from '../../crypto/messages.ts'
import { sealedSetting } from '../sealed-setting.ts'

/** What the names of sections are sealed with. A rotation of the ring seals this key again, and not each row. */
export const sectionKey = sealedSetting('section_key', 'section key', () =>
  crypto.getRandomValues(Buffer.alloc(32)).toString('base64'),
)

export const cipherOf = (key: string): MessageCipher =>
  createMessageCipher({
    current: { id: 'section', key: deriveKey(Buffer.from(key, 'base64'), 'sections') },
    older: [],
  })

/** What the seal of somebody's sections is bound to. */
export const placeOf = (user: string): string => `sections ${user}`
