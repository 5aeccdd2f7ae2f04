import type { Tools } from '../scope.ts'
import { migrations } from '../storage/migrations.ts'
import { version } from '../version.ts'
import { readCut, type Sink } from './cut.ts'
import { type End, factLine, forgetLine, rowLine } from './format.ts'
import { createPack } from './pack.ts'
import { describeRing } from './ring.ts'

export type Backup = { rows: Record<string, number>; bytes: number; sha256: string; withKeys: boolean }

type Wish = {
  withKeys: boolean
  write(piece: Uint8Array): Promise<void>
  written(rows: number): void
  signal: AbortSignal
}

/** Writes the whole community as it is at one moment; the chat goes on meanwhile. */
export async function backUp(tools: Tools, { withKeys, write, written, signal }: Wish): Promise<Backup> {
  const pack = createPack(write)
  const end: End = { rows: {}, counters: {} }
  let rowsSoFar = 0
  let told: unknown

  /** A rotation of keys may begin at any time: a key is told of before the first text that it has sealed. */
  async function tellRing(): Promise<void> {
    const { keyring } = tools.policy
    if (keyring === told) return
    told = keyring
    await pack.write(factLine({ ring: describeRing(keyring, withKeys) }))
  }

  const sink: Sink = {
    async rows(table, rows) {
      signal.throwIfAborted()
      await tellRing()
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
    await tellRing()
    await readCut(tools.sql, sink)
    await pack.write(factLine({ end }))
    return { rows: end.rows, withKeys, ...(await pack.end()) }
  } finally {
    pack.close()
  }
}
