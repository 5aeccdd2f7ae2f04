import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { audit } from '../storage/tables/audit.ts'
import { log, reactions } from '../storage/tables/log.ts'
import { invites, members, rooms, silences } from '../storage/tables/rooms.ts'
import { sessions } from '../storage/tables/sessions.ts'
import { settings } from '../storage/tables/settings.ts'
import { tokens } from '../storage/tables/tokens.ts'
import { blocks, users } from '../storage/tables/users.ts'
import { webhooks } from '../storage/tables/webhooks.ts'

/** What a backup needs to know of a table. */
export type Table = {
  name: string
  /** The columns of its primary key. */
  key: string[]
  /** The column that the database counts up by itself. */
  counter?: string
  /** Which rows go into a backup, where it is not all. */
  only?: string
}

/** Every table, each behind those that it refers to. */
export const tables: readonly Table[] = [
  tableOf(settings),
  tableOf(users),
  tableOf(blocks),
  tableOf(rooms),
  tableOf(members),
  tableOf(silences),
  tableOf(invites),
  tableOf(webhooks),
  { ...tableOf(sessions), only: 'exists (select 1 from tokens where session_id = sessions.id)' },
  tableOf(tokens),
  tableOf(log),
  tableOf(reactions),
  tableOf(audit),
]

export function tableNamed(name: string): Table {
  const table = tables.find((each) => each.name === name)
  if (!table) throw new Error(`There is no table ${name}`)
  return table
}

function tableOf(table: PgTable): Table {
  const { name, columns, primaryKeys } = getTableConfig(table)
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary)
  const counter = columns.find(({ generatedIdentity }) => generatedIdentity)?.name
  return { name, key: key.map((column) => column.name), ...(counter !== undefined && { counter }) }
}
