import type { Community } from '../../protocol/community.ts'
import { ChatError } from '../../protocol/errors.ts'
import { previewSizes } from '../../protocol/file-numbers.ts'
import { announce, type InName, perServer, type Scope, type Tools } from '../../scope.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { findFile, removeFile } from '../attachments/store.ts'
import { actAs } from '../auth/redeem.ts'
import { announceCommunity, recordCommunity } from '../community/change.ts'
import { communityRow, presentCommunity, refreshCommunity } from '../community/community.ts'
import { changeCommunityRow } from '../community/store.ts'
import { readPreview } from '../files/preview.ts'
import { endUploadIn } from '../files/space.ts'
import { receive } from '../files/upload.ts'
import { isUploadedBy } from './store.ts'

/** For administrators. Checked before the upload begins and when it has arrived. */
export async function setCommunityAvatar(scope: Scope, request: Request): Promise<Community> {
  await receive(scope, { purpose: 'avatar', roomKey: null }, request, (arrived) =>
    actAs(scope, 'admin', async (sql) => {
      await endUploadIn(scope, sql, arrived)
      const { before } = await changeCommunityRow(sql, { avatar: arrived.id })
      if (before.avatar !== undefined) await removeFile(sql, before.avatar)
      await recordCommunity(scope, 'avatar', sql)
    }),
  )
  void sweepRemoved(scope)
  await announceCommunity(scope)
  return presentCommunity(scope)
}

export async function removeCommunityAvatar(scope: Scope): Promise<void> {
  await actAs(scope, 'admin', async (sql) => {
    const { before } = await changeCommunityRow(sql, { avatar: null })
    if (before.avatar === undefined) return
    await removeFile(sql, before.avatar)
    await recordCommunity(scope, 'avatar', sql)
  })
  void sweepRemoved(scope)
  // Also if there was none: the first attempt may have failed before it said so.
  await announceCommunity(scope)
}

/** If this person has uploaded it, when their account is erased. */
export async function removeCommunityAvatarBy(scope: InName): Promise<void> {
  await scope.sql.transaction(async (sql) => {
    const { before } = await changeCommunityRow(sql, {})
    if (before.avatar === undefined || !(await isUploadedBy(sql, before.avatar, scope.actor.id))) return
    await changeCommunityRow(sql, { avatar: null })
    await removeFile(sql, before.avatar)
  })
  // Also if there was none: the first attempt may have failed before it said so.
  announce(scope, { what: 'community' })
}

/** In memory, because anybody may ask for it as often as they like: some tens of kilobytes. */
const shown = perServer(() => ({ id: '', bytes: undefined as Promise<Uint8Array> | undefined }))

/** For everybody, signed in or not: the sign-in page shows it. Only what is the picture now. */
export async function sendCommunityAvatar(tools: Tools, id: string, request: Request): Promise<Response> {
  // Another node may have said it before this one has heard of it.
  if (communityRow(tools).avatar !== id) await refreshCommunity(tools)
  if (communityRow(tools).avatar !== id) throw new ChatError('file_not_found')
  const kept = shown(tools)
  if (kept.id !== id || kept.bytes === undefined) {
    const bytes = load(tools, id)
    Object.assign(kept, { id, bytes })
    bytes.catch(() => {
      if (kept.bytes === bytes) kept.bytes = undefined
    })
  }
  const bytes = await kept.bytes!
  const etag = `"${id}"`
  const headers = {
    'content-type': 'image/webp',
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, max-age=31536000, immutable',
    etag,
  }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers })
}

async function load(tools: Tools, id: string): Promise<Uint8Array> {
  const row = await findFile(tools.sql, id)
  if (!row) throw new ChatError('file_not_found')
  return readPreview(tools, row, previewSizes[0])
}
