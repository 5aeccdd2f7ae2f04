import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/storage/migrate.ts'
import { openStorage } from '../../src/storage/open.ts'

/**
 * A new DATA_DIR with an embedded database that has the tables and nothing in them. It is a copy of one that is made once
 * in each process of tests: to unpack and migrate one for each server took half of the time of the suite.
 */
export async function migratedDirectory(): Promise<string> {
  template ??= createTemplate()
  const { directories, files } = await template
  const directory = mkdtempSync(join(tmpdir(), 'parley-test-'))
  const place = join(directory, 'db')
  for (const path of directories) mkdirSync(join(place, path), { mode: 0o700 })
  for (const { path, start, length } of files) {
    const file = openSync(join(place, path), 'w', 0o600)
    if (start.length > 0) writeSync(file, start)
    if (start.length < length) ftruncateSync(file, length)
    closeSync(file)
  }
  return directory
}

/** `start` is a file up to its last byte that is not zero. Half of the log of Postgres is zeros, which as a hole take no memory. */
type Template = { directories: string[]; files: { path: string; start: Uint8Array; length: number }[] }

let template: Promise<Template> | undefined

async function createTemplate(): Promise<Template> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-template-'))
  const storage = await openStorage({ dataDir })
  await migrate(storage)
  await storage.close()
  const read = readTemplate(join(dataDir, 'db'))
  rmSync(dataDir, { recursive: true, force: true })
  return read
}

function readTemplate(place: string): Template {
  const entries = readdirSync(place, { recursive: true, withFileTypes: true })
  const pathOf = (entry: (typeof entries)[number]) => join(entry.parentPath, entry.name).slice(place.length)
  const ofKind = (isDirectory: boolean) =>
    entries.filter((entry) => entry.isDirectory() === isDirectory).map(pathOf)
  const files = ofKind(false).map((path) => {
    const bytes = readFileSync(join(place, path))
    const end = bytes.findLastIndex((byte) => byte !== 0) + 1
    return { path, start: Uint8Array.from(bytes.subarray(0, end)), length: bytes.length }
  })
  return { directories: ['', ...ofKind(true).toSorted()], files }
}
