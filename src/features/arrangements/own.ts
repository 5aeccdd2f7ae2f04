import type { Arrangement, ArrangementChange, Section } from '../../protocol/arrangements.ts'
import { invalidField } from '../../protocol/errors.ts'
import type { Scope, Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { actAs } from '../auth/redeem.ts'
import { lockUser } from '../auth/store.ts'
import { cipherOf, placeOf, sectionKey } from './key.ts'
import { keepSections, listArrangements, putArrangement } from './store.ts'

const plain: Arrangement = { order: 'title', sections: [] }

export const showArrangement = (scope: Scope): Promise<Arrangement> =>
  arrangementOf(scope, scope.sql, scope.actor.id)

/** Those of these people who have arranged anything. */
export async function arrangementsOf(
  tools: Tools,
  sql: Sql,
  people: string[],
): Promise<Map<string, Arrangement>> {
  const rows = await listArrangements(sql, people)
  if (rows.length === 0) return new Map()
  const { open } = cipherOf(await sectionKey.load(tools))
  return new Map(
    rows.map(({ userId, listOrder: order, sealed }) => [
      userId,
      { order, sections: JSON.parse(open(sealed, placeOf(userId))) as Section[] },
    ]),
  )
}

const arrangementOf = async (tools: Tools, sql: Sql, user: string): Promise<Arrangement> =>
  (await arrangementsOf(tools, sql, [user])).get(user) ?? plain

/** Refuses a section that the actor does not have. */
export async function requireSection(scope: Scope, sql: Sql, section: string): Promise<void> {
  const { sections } = await arrangementOf(scope, sql, scope.actor.id)
  if (!sections.some(({ id }) => id === section)) throw invalidField('/section', 'section_not_found')
}

export async function changeArrangement(
  scope: Scope,
  { order, sections: asked }: ArrangementChange,
): Promise<Arrangement> {
  const { id: user } = scope.actor
  const { seal } = cipherOf(await sectionKey.load(scope))
  const arrangement = await actAs(scope, 'self', async (sql) => {
    // Two devices may do this at the same time: one comes first.
    await lockUser(sql, user)
    const old = await arrangementOf(scope, sql, user)
    const sections = asked ? changed(old.sections, asked) : old.sections
    const next: Arrangement = { order: order ?? old.order, sections }
    const sealed = seal(JSON.stringify(sections), placeOf(user))
    await putArrangement(sql, { userId: user, listOrder: next.order, sealed })
    await keepSections(
      sql,
      user,
      sections.map(({ id }) => id),
    )
    return next
  })
  const event = { type: 'arrangement.changed', ...arrangement }
  scope.bus.publish({ to: 'user', user, text: JSON.stringify(event) })
  return arrangement
}

/** An id that the person does not have, or gives twice, is of a section that another device has deleted. */
function changed(old: readonly Section[], asked: NonNullable<ArrangementChange['sections']>): Section[] {
  const left = new Set(old.map(({ id }) => id))
  return asked.map(({ id, name }, index) => {
    if (id !== undefined && !left.delete(id)) throw invalidField(`/sections/${index}/id`, 'section_not_found')
    return { id: id ?? crypto.randomUUID(), name: name.trim() }
  })
}
