import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import type { Tools } from '../../scope.ts'
import { keepSetting } from '../settings.ts'

const place = 'key check'
const text = 'parley'

/** Refuses to start with another key than the messages were sealed with: every new one would be lost to the old key. */
export async function checkKey(tools: Tools): Promise<void> {
  const cipher = createMessageCipher(tools.rules.keyring)
  const kept = await keepSetting(tools.sql, 'key_check', cipher.seal(text, place))
  try {
    if (cipher.open(String(kept), place) === text) return
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
  }
  throw new Error(
    'ENCRYPTION_KEY is not the key of this database: its messages could not be read. ' +
      'Set the key that was in use (in DATA_DIR/secrets.json, where the embedded database made it), ' +
      'or add it behind the new one: ENCRYPTION_KEY=new:…,old:…',
  )
}
