import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { openStorage } from '../../src/storage/open.ts'
import type { TestServer } from './server.ts'

/*
 * What the administrator of a database, or an attacker with the database and without the keys, can do while the server is
 * stopped. For `restart(settings, whileStopped)`.
 */

/** Runs one statement. */
export async function alter(server: TestServer, text: string, params: unknown[] = []): Promise<void> {
  const storage = await openStorage({
    dataDir: server.directory!,
    ...(server.databaseUrl && { databaseUrl: server.databaseUrl }),
  })
  try {
    await storage.query(text, params)
  } finally {
    await storage.close()
  }
}

/** Copies the database as it is, and nothing else of DATA_DIR. */
export async function copyDatabase(server: TestServer): Promise<void> {
  if (server.databaseUrl) {
    const { original, copy } = namesOf(server.databaseUrl)
    await administer(server.databaseUrl, [`create database ${copy} template ${original}`])
  } else {
    const { original, copy } = directoriesOf(server)
    cpSync(original, copy, { recursive: true })
  }
}

/** Puts the copy in the place of the database. */
export async function putBack(server: TestServer): Promise<void> {
  if (server.databaseUrl) {
    const { original, copy } = namesOf(server.databaseUrl)
    await administer(server.databaseUrl, [
      `drop database ${original} with (force)`,
      `create database ${original} template ${copy}`,
    ])
  } else {
    const { original, copy } = directoriesOf(server)
    rmSync(original, { recursive: true })
    cpSync(copy, original, { recursive: true })
  }
}

/** Of the embedded database it goes with the directory. */
export async function removeCopy({ databaseUrl }: TestServer): Promise<void> {
  if (!databaseUrl) return
  await administer(databaseUrl, [`drop database if exists ${namesOf(databaseUrl).copy} with (force)`])
}

const directoriesOf = ({ directory }: TestServer) => ({
  original: join(directory!, 'db'),
  copy: join(directory!, 'copy'),
})

function namesOf(databaseUrl: string) {
  const original = new URL(databaseUrl).pathname.slice(1)
  return { original, copy: `${original}_copy` }
}

async function administer(databaseUrl: string, statements: string[]): Promise<void> {
  const url = new URL(databaseUrl)
  url.pathname = '/postgres'
  const sql = postgres(url.href, { max: 1, fetch_types: false, onnotice: () => undefined })
  try {
    for (const statement of statements) await sql.unsafe(statement)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
