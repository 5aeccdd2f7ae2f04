import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tokens } from '../sdk/credentials.ts'

/** A session that outlives the program: whoever reads the file is that user. */
export type Keepsake = { username: string } & Pick<Tokens, 'access_token' | 'refresh_token'>

export type Keep = {
  find(username?: string): Keepsake | undefined
  put(keepsake: Keepsake): void
  forget(): void
}

/** One file for each server, which nobody else can read. */
export function openKeep(directory: string, url: string): Keep {
  const path = join(directory, `session-${new URL(url).host.replace(/[^\w.-]/g, '_')}.json`)
  return {
    find(username) {
      const kept = read(path)
      return username === undefined || kept?.username === username.toLowerCase() ? kept : undefined
    },
    put({ username, access_token, refresh_token }) {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      // The old pair is spent: a half-written file would lock its owner out.
      const fresh = `${path}.${process.pid}`
      writeFileSync(fresh, JSON.stringify({ username, access_token, refresh_token }), { mode: 0o600 })
      renameSync(fresh, path)
    },
    forget: () => rmSync(path, { force: true }),
  }
}

function read(path: string): Keepsake | undefined {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Partial<Keepsake>
    const { username, access_token, refresh_token } = kept
    if (!username || !access_token || !refresh_token) return undefined
    return { username, access_token, refresh_token }
  } catch {
    return undefined
  }
}
