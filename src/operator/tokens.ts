import { Type } from '@sinclair/typebox'
import { hashToken, randomToken } from '../crypto/keys.ts'
import { people } from '../features/auth/people.ts'
import { issueAccessToken } from '../features/auth/sessions.ts'
import { createUser, requireFree } from '../features/auth/signup.ts'
import { insertSession } from '../features/auth/store.ts'
import { ChatError } from '../protocol/errors.ts'
import { Username } from '../protocol/fields.ts'
import type { Tools } from '../scope.ts'
import { checkParams } from './check.ts'
import type { Outcome } from './operation.ts'

const NewName = Type.Object({ username: Username })
const lifeSeconds = 24 * 3600

type Params = { usernames: string[]; create?: boolean }

/** Prints `username token`, one line for each user. */
export async function issueTokens(tools: Tools, params: Params): Promise<Outcome> {
  const made = await makeTokens(tools, params)
  return { lines: made.map(({ username, token }) => `${username} ${token}`), data: made }
}

/** Tokens that are valid for a day, for tools and tests. */
export async function makeTokens(tools: Tools, { usernames, create }: Params) {
  // All are looked at before the first is created, so that a refusal has changed nothing.
  for (const username of usernames) await requirePossible(tools, username, create ?? false)
  const made: { username: string; token: string }[] = []
  for (const username of usernames) {
    const found = await people(tools).findByName(username)
    const person = found ?? (await createUser(tools, newName(username)))
    const session = tools.newId()
    const now = tools.clock()
    await insertSession(tools.sql, {
      id: session,
      userId: person.id,
      // Nobody gets the refresh token, so the session ends with its access token.
      refreshHash: hashToken(randomToken()),
      userAgent: 'parley token',
      createdAt: now,
      usedAt: now,
      expiresAt: new Date(now.getTime() + lifeSeconds * 1000),
    })
    const token = await issueAccessToken(tools, person, session, lifeSeconds)
    made.push({ username: person.username, token })
  }
  return made
}

async function requirePossible(tools: Tools, username: string, create: boolean): Promise<void> {
  const person = await people(tools).findByName(username)
  if (person && !person.deleted) return
  if (!create) throw new ChatError('user_missing', { username })
  await requireFree(tools, newName(username).username)
}

const newName = (username: string) => checkParams(NewName, { username })
