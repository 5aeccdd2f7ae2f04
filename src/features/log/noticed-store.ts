import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Tools } from '../../scope.ts'
import { findings } from '../../storage/tables/findings.ts'
import { markOf } from './integrity.ts'
import { type BreakKind, mostNoticed, type Noticed, placeOf } from './noticed.ts'

type Row = Omit<typeof findings.$inferSelect, 'what'> & { what: BreakKind }

const markFor = (tools: Tools, { what, roomKey, seq, room, by, at, accepted }: Omit<Row, 'mark'>): string =>
  markOf(tools, JSON.stringify(['finding', what, roomKey, seq, room, by, at.toISOString(), accepted]))

const mostRows = 4 * mostNoticed

/** What the nodes have noticed, by its place. What they have not written is not read. */
export async function readNoticed(tools: Tools): Promise<Map<string, Row>> {
  const rows = (await tools.sql.db
    .select()
    .from(findings)
    .orderBy(findings.accepted)
    .limit(mostRows)) as Row[]
  const genuine = rows.filter((row) => markFor(tools, row) === row.mark)
  return new Map(genuine.map((row) => [placeOf(row), row]))
}

/** The first one stays. What was accepted is open again if it is noticed again. */
export async function storeNoticed(tools: Tools, some: readonly Noticed[]): Promise<void> {
  if (some.length === 0) return
  const rows = some.map(({ what, roomKey = 0, seq, room, by, at }) => {
    const row = { what, roomKey, seq, room, by: by ?? ('start' as const), at: new Date(at), accepted: false }
    return { ...row, mark: markFor(tools, row) }
  })
  const excluded = (name: string) => sql.raw(`excluded.${name}`)
  await tools.sql.db
    .insert(findings)
    .values(rows)
    .onConflictDoUpdate({
      target: [findings.what, findings.roomKey, findings.seq],
      set: {
        room: excluded('room'),
        by: excluded('by'),
        at: excluded('at'),
        accepted: excluded('accepted'),
        mark: excluded('mark'),
      },
      setWhere: eq(findings.accepted, true),
    })
}

/** Keeps only the newest of the accepted findings: a node that has one of the others shows it again. */
export async function acceptStored(tools: Tools, rows: readonly Row[]): Promise<void> {
  await tools.sql.transaction(async ({ db }) => {
    for (const row of rows) {
      const accepted = { ...row, accepted: true }
      await db
        .update(findings)
        .set({ accepted: true, mark: markFor(tools, accepted) })
        .where(
          and(
            eq(findings.what, row.what),
            eq(findings.roomKey, row.roomKey),
            eq(findings.seq, row.seq),
            eq(findings.mark, row.mark),
          ),
        )
    }
    const old = db
      .select({ mark: findings.mark })
      .from(findings)
      .where(eq(findings.accepted, true))
      .orderBy(desc(findings.at))
      .offset(mostNoticed)
    await db.delete(findings).where(inArray(findings.mark, old))
  })
}
