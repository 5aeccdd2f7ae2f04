import { and, eq, inArray, isNotNull, notInArray } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { arrangements } from '../../storage/tables/arrangements.ts'
import { members } from '../../storage/tables/rooms.ts'

type ArrangementRow = typeof arrangements.$inferSelect

export const listArrangements = ({ db }: Sql, people: string[]): Promise<ArrangementRow[]> =>
  db.select().from(arrangements).where(inArray(arrangements.userId, people))

export async function putArrangement({ db }: Sql, row: ArrangementRow): Promise<void> {
  const { listOrder, sealed } = row
  await db
    .insert(arrangements)
    .values(row)
    .onConflictDoUpdate({ target: arrangements.userId, set: { listOrder, sealed } })
}

/** The rooms of sections that are gone are in none. */
export async function keepSections({ db }: Sql, user: string, sections: string[]): Promise<void> {
  await db
    .update(members)
    .set({ section: null })
    .where(and(eq(members.userId, user), isNotNull(members.section), notInArray(members.section, sections)))
}
