import { createECDH } from 'node:crypto'
import { createMessageCipher, headerOf, Tampered } from '../../crypto/messages.ts'
import { perServer, type Tools } from '../../scope.ts'
import { keepSetting, readSetting, writeSetting } from '../settings.ts'

/*
 * The key pair by which push services know this community (RFC 8292). Browsers subscribe with it, so it must stay the same: it is
 * made once, and kept in the database, sealed with the key ring. All nodes share it, and a backup has it.
 */

export const pushKeySetting = 'push_key'
export const pushKeyPlace = 'push key'

export type PushKeys = { publicKey: string; privateKey: string }

const held = perServer(() => ({ keys: undefined as Promise<PushKeys> | undefined }))

export function pushKeys(tools: Tools): Promise<PushKeys> {
  const kept = held(tools)
  kept.keys ??= loadKeys(tools).catch((error) => {
    kept.keys = undefined
    throw error
  })
  return kept.keys
}

async function loadKeys({ sql, policy }: Tools): Promise<PushKeys> {
  const cipher = createMessageCipher(policy.keyring)
  const stored = await readSetting(sql, pushKeySetting)
  // Of several nodes the first decides.
  const sealed =
    stored ?? (await keepSetting(sql, pushKeySetting, cipher.seal(JSON.stringify(makeKeys()), pushKeyPlace)))
  return JSON.parse(cipher.open(String(sealed), pushKeyPlace)) as PushKeys
}

function makeKeys(): PushKeys {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  // Without its leading zeros it would be too short for the signer.
  const privateKey = Buffer.alloc(32)
  const written = pair.getPrivateKey()
  privateKey.set(written, 32 - written.length)
  return { publicKey: pair.getPublicKey('base64url'), privateKey: privateKey.toString('base64url') }
}

/** With the current key of the ring: at a start, and before a rotation drops the older ones. */
export async function resealPushKeys({ sql, policy }: Tools): Promise<void> {
  const sealed = await readSetting(sql, pushKeySetting)
  if (sealed === undefined || String(sealed).startsWith(headerOf(policy.keyring.current))) return
  const cipher = createMessageCipher(policy.keyring)
  try {
    const keys = cipher.open(String(sealed), pushKeyPlace)
    await writeSetting(sql, pushKeySetting, cipher.seal(keys, pushKeyPlace))
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
  }
}
