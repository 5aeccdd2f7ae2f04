import { constantTimeEqual, keyedHash } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Scope, Tools } from '../../scope.ts'
import { scopeOf } from './sessions.ts'

export const signedSeconds = 300

type Grant = { file: string; user: string; session: string; until: number }

/**
 * Signs an address: a request with it may read this one file as the person who asked for it, for some minutes, and only as long as their session
 * lasts and they may see the file themselves.
 */
export function signAddress(scope: Scope, file: string): string {
  const until = Math.floor(scope.clock().getTime() / 1000) + signedSeconds
  const grant: Grant = { file, user: scope.actor.id, session: scope.session, until }
  const text = Buffer.from(JSON.stringify(grant)).toString('base64url')
  return `${text}.${keyedHash(keyOf(scope), text)}`
}

const keyOf = ({ policy }: Tools): Uint8Array => policy.keyFor('file address')

/** Who has signed the address of this file. They may do nothing with it but read. */
export async function signerOf(tools: Tools, signature: string, file: string): Promise<Scope> {
  const [text = '', mark = ''] = signature.split('.', 2)
  if (signature !== `${text}.${mark}` || !constantTimeEqual(mark, keyedHash(keyOf(tools), text)))
    throw new ChatError('signature_invalid')
  const grant = JSON.parse(Buffer.from(text, 'base64url').toString()) as Grant
  if (grant.file !== file || grant.until * 1000 <= tools.clock().getTime())
    throw new ChatError('signature_invalid')
  return { ...(await scopeOf(tools, grant.session, grant.user)), limitedTo: ['read'] }
}
