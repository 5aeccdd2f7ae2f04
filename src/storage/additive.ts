/*
 * While several nodes are upgraded, one after the other, those of the version before run on the new tables. So a migration only adds,
 * and what nobody uses any more is removed a version later. Forms are listed, not words that are refused: what is not here is not known
 * to be harmless.
 */

type Listed = {
  why: string
  /** Whether a node of the version before runs on it all the same, because that version does not use what is removed. */
  sparesOlder: boolean
}

/** Migrations that do more than add, by their tag. */
export const listed: Readonly<Record<string, Listed>> = {}

export const isSafeForOlder = ({ tag, sql }: { tag: string; sql: string }): boolean =>
  listed[tag]?.sparesOlder ?? obstaclesIn(sql).length === 0

const name = /(?:"?\w+"?\.)?"?(\w+)"?/.source
const form = (text: string): RegExp => new RegExp(`^${text.replaceAll('NAME', name)}`, 'is')

const createsTable = form('create table (?:if not exists )?NAME')
const createsIndex = form('create (unique )?index (?:if not exists )?NAME on (?:only )?NAME')
const altersTable = form('alter table (?:only )?NAME (.+)$')
const harmless = form('(create (sequence|type|schema)|comment on) ')
const addsColumn = form('add column (?:if not exists )?NAME (.+)$')
const setsDefault = form('alter column NAME set default ')
const nextAction = /,\s*(add|drop|alter|rename|validate)\s/i
const reference = /references\s+/i
const lettingGo = /on delete (cascade|set null)/i

/** What in a migration a node of the version before may stumble over, each as a sentence; empty if it only adds. */
export function obstaclesIn(sql: string): string[] {
  const created = new Set<string>()
  return sql
    .split('--> statement-breakpoint')
    .map((statement) => plain(statement))
    .filter((statement) => statement !== '')
    .flatMap((statement) => {
      const why = obstacle(statement, created)
      return why === undefined ? [] : [`${statement.slice(0, 80)}: ${why}`]
    })
}

const plain = (statement: string): string =>
  statement.replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim().replace(/;$/, '')

function obstacle(statement: string, created: Set<string>): string | undefined {
  if (/;/.test(statement)) return 'put each statement behind a breakpoint'
  const table = createsTable.exec(statement)
  if (table) {
    created.add(table[1]!)
    return pinned(statement)
  }
  const index = createsIndex.exec(statement)
  if (index)
    return index[1] && !created.has(index[3]!) ? 'older nodes may write the same value twice' : undefined
  const altered = altersTable.exec(statement)
  if (altered) return created.has(altered[1]!) ? pinned(statement) : actionObstacle(altered[2]!)
  return harmless.test(statement) ? undefined : 'this does more than add'
}

function actionObstacle(action: string): string | undefined {
  if (nextAction.test(action)) return 'write each action as a statement of its own'
  const added = addsColumn.exec(action)
  if (added) return columnObstacle(added[2]!)
  return setsDefault.test(action) ? undefined : 'this does more than add'
}

function columnObstacle(definition: string): string | undefined {
  if (/not null/i.test(definition) && !/default|generated/i.test(definition))
    return 'older nodes do not write it: give it a default'
  if (/\b(unique|primary key)\b/i.test(definition)) return 'older nodes would all write the same value'
  return pinned(definition)
}

/** A row that older nodes do not know of must not keep them from deleting what it refers to. */
const pinned = (definition: string): string | undefined =>
  reference.test(definition) && !lettingGo.test(definition)
    ? 'older nodes could not delete what it refers to: on delete cascade, or set null'
    : undefined
