import { people } from '../../src/features/auth/people.ts'
import { writer } from '../../src/features/log/writer.ts'
import { operatorsRoom, passOfServer } from '../../src/features/rooms/access.ts'
import { type Person, rest } from './client.ts'
import type { TestServer } from './server.ts'

/** Ada (admin), Ben and Cleo (members), Dan (outsider). */
export type Cast = { ada: Person; ben: Person; cleo: Person; dan: Person }

export async function cast(server: TestServer): Promise<Cast> {
  const ada = await setUp(server, 'ada')
  const [ben, cleo, dan] = await Promise.all([
    signUp(server, 'ben'),
    signUp(server, 'cleo'),
    signUp(server, 'dan'),
  ])
  return { ada, ben: ben!, cleo: cleo!, dan: dan! }
}

export const passwordOf = (username: string): string => `the password of ${username}`

const draftOf = (username: string) => ({
  username,
  email: `${username}@example.org`,
  password: passwordOf(username),
})

export async function signUp(server: { url: string }, username: string): Promise<Person> {
  return entered(username, await rest(server).post('/auth/signup', draftOf(username)))
}

/** The first administrator, by the set-up link. */
export async function setUp(
  server: Pick<TestServer, 'url' | 'setupCode'>,
  username: string,
): Promise<Person> {
  const code = server.setupCode
  return entered(username, await rest(server).post('/auth/setup', { ...draftOf(username), code }))
}

export async function logIn(server: { url: string }, username: string): Promise<Person> {
  const password = passwordOf(username)
  return entered(username, await rest(server).post('/auth/login', { username, password }))
}

function entered(
  username: string,
  { status, body }: Awaited<ReturnType<ReturnType<typeof rest>['post']>>,
): Person {
  if (status !== 200 && status !== 201) throw new Error(`${username} was refused: ${JSON.stringify(body)}`)
  return {
    ...draftOf(username),
    id: body.user.id,
    token: body.access_token,
    refreshToken: body.refresh_token,
  }
}

/** These people share a room, so that one may add another at once. */
export async function acquaint(server: { url: string }, ...people: { token: string }[]): Promise<void> {
  for (const person of people) await rest(server, person).put('/rooms/general/members/me', {})
}

let rooms = 0

/** A room with a name of its own, its owner and these members. */
export async function makeRoom(
  server: { url: string },
  owner: Person,
  members: Person[] = [],
  draft: Record<string, unknown> = {},
): Promise<string> {
  const made = await rest(server, owner).post('/rooms', { id: `room-${++rooms}`, ...draft })
  if (made.status !== 201) throw new Error(`No room was made: ${JSON.stringify(made.body)}`)
  for (const member of members) {
    const added = await rest(server, owner).put(`/rooms/${made.body.id}/members/${member.username}`, {})
    if (added.status !== 204)
      throw new Error(`${member.username} was not added: ${JSON.stringify(added.body)}`)
    // Who shares no room with the owner has to accept; the others are in already.
    await rest(server, member).post(`/users/me/invitations/${made.body.id}/accept`)
  }
  return made.body.id as string
}

/**
 * Posts these by turns of the people, in this order, by the writer of the log: a request for each would be most of what a message
 * costs.
 */
export async function postMany(
  { tools }: TestServer,
  by: Person[],
  room: string,
  contents: string[],
): Promise<void> {
  const pass = passOfServer(await operatorsRoom(tools, room))
  const authors = await Promise.all(by.map(async ({ id }) => (await people(tools).find(id))!))
  await Promise.all(
    contents.map((text, index) =>
      writer(tools).append(pass, {
        kind: 'message.created',
        actor: authors[index % authors.length]!,
        text,
      }),
    ),
  )
}

/** Posts a message over REST and answers its seq. */
export async function post(
  server: { url: string },
  person: Person,
  room: string,
  content: string,
): Promise<number> {
  const posted = await rest(server, person).post(`/rooms/${room}/messages`, { content })
  if (posted.status !== 201) throw new Error(`Not posted: ${JSON.stringify(posted.body)}`)
  return posted.body.seq as number
}
