import { getTableConfig } from 'drizzle-orm/pg-core'
import { type Owned, ownership } from '../storage/tables/ownership.ts'

/** A table as a backup needs it. */
export type Table = {
  name: string
  /** The columns of its primary key. */
  key: string[]
  /** The identity column, if any. */
  counter?: string
  /** A condition, if not all rows go into a backup. */
  only?: string
}

/** Every table, each after those that it refers to. */
export const tables: readonly Table[] = ownership.map(tableOf)

export function tableNamed(name: string): Table {
  const table = tables.find((each) => each.name === name)
  if (!table) throw new Error(`There is no table ${name}`)
  return table
}

function tableOf({ table, backup }: Owned): Table {
  const { name, columns, primaryKeys } = getTableConfig(table)
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary)
  const counter = columns.find(({ generatedIdentity }) => generatedIdentity)?.name
  return {
    name,
    key: key.map((column) => column.name),
    ...(counter !== undefined && { counter }),
    ...(backup !== 'all' && backup),
  }
}
