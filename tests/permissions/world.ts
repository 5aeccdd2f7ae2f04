import { acquaint, cast, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf, type TestSocket } from '../support/client.ts'
import type { TestServer } from '../support/server.ts'
import type { Persona, RoomKind } from './rules.ts'

const everyday = ['outsider', 'former', 'member', 'moderator', 'owner', 'peer', 'newcomer'] as const
const admins = ['former', 'member', 'moderator', 'owner', 'peer', 'newcomer'] as const
const others = ['bystander', 'subject', 'banned', 'user'] as const

export type Cast = Awaited<ReturnType<typeof gather>>
export type Place = {
  room: string
  seqOf(person: Person): number
  invite: { id: string; code: string }
  webhook: { id: string }
  outgoing: { id: string }
}

/** Everyone the table speaks of: the people of ordinary rooms, those of the rooms for admins, and visitors. */
export async function gather(server: TestServer) {
  const { ada } = await cast(server)
  const names = [...everyday, ...admins.map((name) => `admin-${name}`), ...others]
  // `moderator` is a reserved username.
  const usernameOf = (name: string) => (name === 'moderator' ? 'a-moderator' : name)
  const made = await Promise.all(names.map((name) => signUp(server, usernameOf(name))))
  const byName = new Map(names.map((name, at) => [name as string, made[at]!]))
  byName.set('admin', ada)
  const sockets = new Map<string, TestSocket>()

  const person = (name: string): Person => byName.get(name)!
  for (const name of admins) {
    if (name !== 'former') await done(server, ada, 'PUT', `/users/admin-${name}/roles/admin`)
  }
  // The owner adds them at once, because they share a room.
  await acquaint(server, ...(['owner', 'former', 'member', 'moderator', 'peer'] as const).map(person))
  await done(server, ada, 'PUT', '/users/banned/ban')
  await done(server, ada, 'POST', '/bots', { username: 'robot' })

  return {
    person,
    /** Who that is in this kind of room. */
    of(kind: RoomKind, name: Persona | 'peer' | 'newcomer'): Person {
      return person(kind === 'admins' && name !== 'admin' && name !== 'outsider' ? `admin-${name}` : name)
    },
    /** A token of the bot, to be revoked. */
    async robotToken(): Promise<string> {
      const draft = { name: 'A script', scopes: ['read'] }
      return (await done(server, ada, 'POST', '/bots/robot/tokens', draft)).id
    },
    async socket(who: Person): Promise<TestSocket> {
      const socket = sockets.get(who.username) ?? (await socketOf(server, who))
      sockets.set(who.username, socket)
      return socket
    },
    async leave() {
      for (const socket of sockets.values()) await socket.close()
    },
  }
}

/** A room of this kind in which everyone has their place; `former` has had one. */
export async function furnish(server: TestServer, cast: Cast, kind: RoomKind): Promise<Place> {
  const who = (name: Persona | 'peer') => cast.of(kind, name)
  const ada = cast.person('admin')
  const seqs = new Map<string, number>()
  const speak = async (room: string, person: Person) => {
    const { seq } = await done(server, person, 'POST', `/rooms/${room}/messages`, { content: 'Words' })
    seqs.set(person.username, seq)
  }
  const seqOf = (person: Person) => seqs.get(person.username) ?? seqs.get(who('peer').username)!

  if (kind === 'direct') {
    const { id: room } = await done(server, who('member'), 'POST', '/directs', { usernames: ['peer'] })
    for (const name of ['member', 'peer'] as const) await speak(room, who(name))
    return { room, seqOf, invite: noInvite, webhook: noWebhook, outgoing: noWebhook }
  }

  const access = kind === 'closed' || kind === 'admins' ? kind : 'open'
  const id = `place-${crypto.randomUUID().slice(0, 8)}`
  const { id: room } = await done(server, who('owner'), 'POST', '/rooms', { id, access })
  if (kind === 'admins') await done(server, ada, 'PUT', '/users/admin-former/roles/admin')
  const members = ['former', 'member', 'moderator', 'peer'] as const
  await Promise.all(
    members.map((name) => {
      const role = name === 'moderator' ? 'moderator' : 'member'
      return done(server, who('owner'), 'PUT', `/rooms/${room}/members/${who(name).username}`, { role })
    }),
  )
  await Promise.all([...members, 'owner' as const].map((name) => speak(room, who(name))))
  if (kind === 'admins') await done(server, ada, 'DELETE', '/users/admin-former/roles/admin')
  else await done(server, who('owner'), 'DELETE', `/rooms/${room}/members/former`)
  const invite =
    kind === 'admins' ? noInvite : await done(server, who('owner'), 'POST', `/rooms/${room}/invites`, {})
  const webhook =
    kind === 'admins'
      ? noWebhook
      : await done(server, who('owner'), 'POST', `/rooms/${room}/webhooks`, { name: 'Builds' })
  const outgoing = await done(server, who('owner'), 'POST', `/rooms/${room}/webhooks/out`, {
    url: 'https://hooks.invalid/',
    events: ['room.updated'],
  })
  if (kind === 'archived') await done(server, who('owner'), 'PATCH', `/rooms/${room}`, { archived: true })
  if (kind === 'deleted') await done(server, who('owner'), 'DELETE', `/rooms/${room}`)
  return { room, seqOf, invite, webhook, outgoing }
}

const noWebhook = { id: 'no-such-webhook' }
const noInvite = { id: 'no-such-invite', code: 'no-such-code' }

/** Preparation that must go well. */
export async function done(server: TestServer, person: Person, method: string, path: string, body?: object) {
  const response = await rest(server, person).call(method, path, body)
  if (response.status >= 400) throw new Error(`${method} ${path} failed: ${JSON.stringify(response.body)}`)
  return response.body
}
