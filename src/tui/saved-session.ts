import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tokens } from '../sdk/credentials.ts'

/** A session in a file. Anyone who can read the file is signed in as that user. */
type SavedSession = { username: string } & Pick<Tokens, 'access_token' | 'refresh_token'>

type SessionFile = {
  find(username?: string): SavedSession | undefined
  save(session: SavedSession): void
  delete(): void
}

/** One file for each server, readable by its owner only. */
export function openSessionFile(directory: string, url: string): SessionFile {
  const path = join(directory, `session-${new URL(url).host.replace(/[^\w.-]/g, '_')}.json`)
  return {
    find(username) {
      const saved = read(path)
      return username === undefined || saved?.username === username.toLowerCase() ? saved : undefined
    },
    save({ username, access_token, refresh_token }) {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      // The old tokens no longer work: with a half-written file the user would be signed out.
      const fresh = `${path}.${process.pid}`
      writeFileSync(fresh, JSON.stringify({ username, access_token, refresh_token }), { mode: 0o600 })
      renameSync(fresh, path)
    },
    delete: () => rmSync(path, { force: true }),
  }
}

function read(path: string): SavedSession | undefined {
  try {
    const saved = JSON.parse(readFileSync(path, 'utf8')) as Partial<SavedSession>
    const { username, access_token, refresh_token } = saved
    if (!username || !access_token || !refresh_token) return undefined
    return { username, access_token, refresh_token }
  } catch {
    return undefined
  }
}
