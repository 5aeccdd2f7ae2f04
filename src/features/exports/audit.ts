import type { AuditEntry, AuditExportQuery, AuditFilter } from '../../protocol/audit.ts'
import type { Scope } from '../../scope.ts'
import { actFilter, readAudit } from '../audit/list.ts'
import { recordAct } from '../audit/record.ts'
import type { ActFilter } from '../audit/store.ts'
import { actAs } from '../auth/redeem.ts'
import { type Format, formats } from './audit-formats.ts'
import { sendPieces } from './running.ts'

const entriesAtOnce = 500

/** For administrators: what they and the operator did, newest first, as a table or as lines of JSON. */
export async function exportAudit(
  scope: Scope,
  { format = 'csv', ...filter }: AuditExportQuery,
  request: Request,
): Promise<Response> {
  const wanted = await actFilter(scope, filter)
  const { type, ...written } = formats[format]
  const name = `parley-audit-${scope.clock().toISOString().slice(0, 10)}.${format}`
  return sendPieces(scope, request, { name, type }, pieces(scope, filter, wanted, written))
}

async function* pieces(
  scope: Scope,
  filter: AuditFilter,
  wanted: ActFilter,
  { head, line }: Pick<Format, 'head' | 'line'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder()
  // People by their ids: a name would stay in the detail after its account is erased.
  const { actor, subject } = wanted
  const asked = { ...filter, ...(actor && { actor }), ...(subject && { subject }) }
  const detail = Object.keys(asked).length > 0 ? { detail: asked } : {}
  // Before the first byte: nobody gets entries without an entry about it.
  await actAs(scope, 'admin', (sql) =>
    recordAct(scope, { actor: scope.actor.id, action: 'audit.exported', ...detail }, sql),
  )
  if (head) yield encoder.encode(head)
  for (let before: number | undefined, more = true; more; ) {
    const page = await readAudit(scope, wanted, before, entriesAtOnce)
    // After the read: a person who is no administrator any more gets nothing that was read later.
    await actAs(scope, 'admin', async () => {})
    if (page.items.length > 0)
      yield encoder.encode(page.items.map((entry: AuditEntry) => line(entry)).join(''))
    before = page.next
    more = before !== undefined
  }
}
