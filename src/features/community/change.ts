import type { Community, CommunityChange } from '../../protocol/community.ts'
import { announce, type Scope, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { actAs } from '../auth/redeem.ts'
import { presentCommunity, refreshCommunity } from './community.ts'
import { changeCommunityRow } from './store.ts'

/** For administrators. An empty name is none. */
export async function changeCommunity(scope: Scope, { name }: CommunityChange): Promise<Community> {
  await actAs(scope, 'admin', async (sql) => {
    const { changed } = await changeCommunityRow(sql, { name: name === '' ? null : name })
    if (changed) await recordCommunity(scope, 'name', sql)
  })
  await announceCommunity(scope)
  return presentCommunity(scope)
}

export function recordCommunity(scope: Scope, field: 'name' | 'avatar', sql: Sql): Promise<void> {
  return recordAct(
    scope,
    { actor: scope.actor.id, action: 'community.changed', detail: { fields: [field] } },
    sql,
  )
}

/** First to all nodes, this one included: a read that fails afterwards must not keep them from hearing of it. */
export async function announceCommunity(tools: Tools): Promise<void> {
  announce(tools, { what: 'community' })
  await refreshCommunity(tools)
}
