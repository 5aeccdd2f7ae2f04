import { createECDH } from 'node:crypto'
import type { Tools } from '../../scope.ts'
import { sealedSetting } from '../sealed-setting.ts'

/** The key pair by which push services know this community (RFC 8292). Browsers subscribe with it, so it must stay the same. */
export const pushKey = sealedSetting('push_key', 'push key', makeKeys)

export type PushKeys = { publicKey: string; privateKey: string }

export const pushKeys = (tools: Tools): Promise<PushKeys> => pushKey.load(tools)

function makeKeys(): PushKeys {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  // Without its leading zeros it would be too short for the signer.
  const privateKey = Buffer.alloc(32)
  const written = pair.getPrivateKey()
  privateKey.set(written, 32 - written.length)
  return { publicKey: pair.getPublicKey('base64url'), privateKey: privateKey.toString('base64url') }
}
