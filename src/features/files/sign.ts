import type { SignedAddress } from '../../protocol/files.ts'
import type { Scope } from '../../scope.ts'
import { signAddress, signedSeconds } from '../auth/signed.ts'
import { accessFile } from './download.ts'

export async function signFile(scope: Scope, id: string, request: Request): Promise<SignedAddress> {
  const { facts } = await accessFile(scope, id)
  const place = `${scope.http.originOf(request)}/files/${encodeURIComponent(id)}`
  const query = `?sig=${signAddress(scope, id)}`
  return {
    url: place + query,
    ...(facts.width === undefined ? {} : { preview_url: `${place}/preview${query}` }),
    expires_in: signedSeconds,
  }
}
