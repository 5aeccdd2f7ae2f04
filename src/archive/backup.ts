import type { Tools } from '../scope.ts'
import { migrations } from '../storage/migrations.ts'
import { version } from '../version.ts'
import { readCut, type Sink } from './cut.ts'
import { writeFiles } from './files.ts'
import { type End, factLine, forgetLine, rowLine } from './format.ts'
import { createPack } from './pack.ts'
import { describeRing } from './ring.ts'

export type Backup = {
  rows: Record<string, number>
  files: number
  bytes: number
  sha256: string
  withKeys: boolean
}

type Options = {
  withKeys: boolean
  write(piece: Uint8Array): Promise<void>
  written(rows: number): void
  signal: AbortSignal
}

/** Writes the whole community as it is at one moment, while the chat goes on. */
export async function backUp(tools: Tools, { withKeys, write, written, signal }: Options): Promise<Backup> {
  const pack = createPack(write)
  const end: End = { rows: {}, counters: {} }
  let rowsSoFar = 0
  let ringWritten: unknown

  /** A rotation of keys may begin at any time, and a key must be in the file before the first text sealed with it. */
  async function writeRing(): Promise<void> {
    const { keyring } = tools.policy
    if (keyring === ringWritten) return
    ringWritten = keyring
    await pack.write(factLine({ ring: describeRing(keyring, withKeys) }))
  }

  const sink: Sink = {
    async rows(table, rows) {
      signal.throwIfAborted()
      await writeRing()
      await pack.write(rows.map((row) => rowLine(table, row)).join(''))
      end.rows[table] = (end.rows[table] ?? 0) + rows.length
      rowsSoFar += rows.length
      written(rowsSoFar)
    },
    forget: (table, values) => pack.write(forgetLine(table, values)),
    async counters(counters) {
      end.counters = counters
    },
  }

  try {
    const { when, tag } = migrations.at(-1)!
    const header = {
      program: version,
      at: tools.clock().toISOString(),
      database: tools.sql.kind,
      schema: { when, tag },
    }
    await pack.write(factLine({ header }))
    await writeRing()
    await readCut(tools.sql, sink)
    const files = await writeFiles(tools, { write: pack.write, signal })
    await pack.write(factLine({ end }))
    return { rows: end.rows, files, withKeys, ...(await pack.end()) }
  } finally {
    pack.close()
  }
}
