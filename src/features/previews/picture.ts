import { sealedBytes } from '../../crypto/files.ts'
import { Tampered } from '../../crypto/messages.ts'
import type { OpenFile } from '../../depot/depot.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { openedBytes, readWhole } from '../files/preview.ts'
import { openFacts } from '../links/sealed.ts'
import { findPicture } from '../links/store.ts'
import { readRoom } from '../rooms/lock.ts'

/** For who may read the message now. What it is does not change under its id. */
export async function downloadPicture(
  scope: Scope,
  room: string,
  seq: number,
  preview: string,
  request: Request,
): Promise<Response> {
  const found = await readRoom(scope, room, 'read', async ({ room: { key } }) =>
    preview.includes('\0') || !scope.policy.previews
      ? undefined
      : findPicture(scope.sql, { roomKey: key, seq }, preview),
  )
  const image = found && openFacts(scope, found)?.image
  if (!found || !image) throw new ChatError('preview_not_found')
  const etag = `"${found.id}"`
  const headers = {
    'content-type': 'image/webp',
    'content-disposition': 'inline',
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, max-age=31536000, immutable',
    etag,
  }
  if (request.headers.get('if-none-match')?.includes(etag))
    return new Response(null, { status: 304, headers })
  const sealed = Buffer.from(found.picture, 'base64')
  const bytes = openedBytes(sealed.length)
  try {
    if (sealedBytes(bytes) !== sealed.length) throw new Tampered('The picture was cut off')
    const opened = await readWhole(inMemory(sealed), Buffer.from(image.key, 'base64'), found.id, bytes)
    return new Response(opened as Uint8Array<ArrayBuffer>, { headers })
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    scope.metrics.decryptFailures.add()
    scope.log.warn('the picture of a preview does not open', { preview: found.id })
    throw new ChatError('preview_not_found')
  }
}

const inMemory = (bytes: Uint8Array): OpenFile => ({
  bytes: bytes.length,
  read: async (from, length) => bytes.subarray(from, from + length),
  close: async () => {},
})
