import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/storage/migrate.ts'
import { openStorage } from '../../src/storage/open.ts'

/**
 * A new DATA_DIR with an embedded database that has the tables and nothing in them. It is copied from one that is made once
 * in each process of tests: to unpack and migrate one for each server took half of the time of the suite.
 */
export async function migratedDirectory(): Promise<string> {
  template ??= createTemplate()
  const from = await template
  const directory = mkdtempSync(join(tmpdir(), 'parley-test-'))
  cpSync(from, join(directory, 'db'), { recursive: true })
  return directory
}

let template: Promise<string> | undefined

async function createTemplate(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-template-'))
  const storage = await openStorage({ dataDir })
  await migrate(storage)
  await storage.close()
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  return join(dataDir, 'db')
}
