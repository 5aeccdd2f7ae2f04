import { hashToken, randomToken } from '../crypto/keys.ts'
import { people } from '../features/auth/people.ts'
import { issueAccessToken } from '../features/auth/sessions.ts'
import { createUser } from '../features/auth/signup.ts'
import { insertSession } from '../features/auth/store.ts'
import { ChatError } from '../protocol/errors.ts'
import type { Person, Tools } from '../scope.ts'

const lifeSeconds = 24 * 3600

/** Tokens of a day for tools and tests: `username token`, one a line. */
export async function makeTokens(
  tools: Tools,
  { usernames, create }: { usernames: string[]; create?: boolean },
) {
  const lines: string[] = []
  for (const username of usernames) {
    const person = await personOf(tools, username, create ?? false)
    const session = tools.newId()
    const now = tools.clock()
    await insertSession(tools.sql, {
      id: session,
      userId: person.id,
      // No refresh token is given out: such a session ends with its one access token.
      refreshHash: hashToken(randomToken()),
      userAgent: 'parley token',
      createdAt: now,
      usedAt: now,
      expiresAt: new Date(now.getTime() + lifeSeconds * 1000),
    })
    lines.push(`${person.username} ${await issueAccessToken(tools, person, session, lifeSeconds)}`)
  }
  return lines
}

async function personOf(tools: Tools, username: string, create: boolean): Promise<Person> {
  const person = await people(tools).findByName(username)
  if (person && !person.deleted) return person
  if (!create) throw new ChatError('not_found', `There is no user ${username}; --create makes one.`)
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{2,31}$/.test(username)) {
    throw new ChatError('invalid', `${username} cannot be a username.`)
  }
  return createUser(tools, { username })
}
