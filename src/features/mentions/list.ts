import type { MentionItem, MentionsQuery } from '../../protocol/mentions.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import { authorsOf, nobody } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import { showReadable } from '../messages/list.ts'
import { newestCursor, newestIn, pageOf } from '../page.ts'
import { listMentionRows } from './store.ts'

/** A page of what means the actor. What they may not read any more, or was deleted meanwhile, is left out of it. */
export async function listMentions(
  scope: Scope,
  { before, limit = 50 }: MentionsQuery,
): Promise<{ items: MentionItem[]; next?: string }> {
  const reader = { id: scope.actor.id, admin: isAdmin(scope) }
  const position = newestIn(before)
  const rows = await listMentionRows(scope.sql, reader, {
    ...(position && { before: position }),
    limit: limit + 1,
  })
  const { page, next } = pageOf(rows, limit, newestCursor)
  const messages = await showReadable(scope, page)
  const people = await authorsOf(
    scope,
    page.flatMap(({ kind, actorId }) => (kind === 'reaction' ? [actorId] : [])),
  )
  const items = page.flatMap((row): MentionItem[] => {
    const message = messages(row.roomKey, row.seq)
    if (!message || message.deleted_at) return []
    const { room, seq, kind, read } = row
    const item = { room, seq, message, kind, at: row.at.toISOString(), read }
    if (kind !== 'reaction') return [item]
    const actor = presentAuthor(people.get(row.actorId) ?? nobody(row.actorId))
    return [{ ...item, actor, ...(row.emoji === null ? {} : { emoji: row.emoji }) }]
  })
  return { items, ...next }
}
