import { makeTokens } from '../../src/operator/tokens.ts'
import { type Frame, type Person, rest, socketOf } from '../support/client.ts'
import type { TestServer } from '../support/server.ts'

/** New people, created as the operator does it: without a password, so that no password is hashed. */
export async function meet(server: TestServer, ...names: string[]): Promise<Person[]> {
  const tag = crypto.randomUUID().slice(0, 8)
  const usernames = names.map((name) => `${name}-${tag}`)
  const made = await makeTokens(server.tools, { usernames, create: true })
  return made.map((each) => ({ ...each, email: '', password: '', id: '', refreshToken: '' }))
}

/** A socket subscribed to these rooms. `newEvents` gives, in short, all that came since the last call. */
export async function listener(server: { url: string }, person: { token: string }, ...rooms: string[]) {
  const socket = await socketOf(server, person)
  await socket.next('hello')
  for (const room of rooms) {
    const reply = await socket.ask({ type: 'room.subscribe', room })
    if (reply.type !== 'reply') throw new Error(`Not subscribed to ${room}: ${JSON.stringify(reply)}`)
  }
  let read = 0
  const newEvents = async ({ presence = false } = {}): Promise<string[]> => {
    await socket.ask({ type: 'ping' })
    const frames = socket.all.slice(read)
    read = socket.all.length
    return frames
      .filter(({ type }) => presence || type !== 'presence.changed')
      .map(brief)
      .filter((each) => each !== undefined)
  }
  await newEvents()
  return Object.assign(socket, { newEvents })
}

/** An event in a few words; undefined for frames that are no events. */
function brief(frame: Frame): string | undefined {
  const { type, room, username, role, message, reason, changed, seq, actor } = frame
  if (['reply', 'error', 'hello', 'ping'].includes(type)) return undefined
  if (type.startsWith('message.')) return `${type} ${message.content}`
  if (type.startsWith('member.')) return `${type} ${username} ${role}`
  if (type === 'room.opened') return `room.opened ${room.id}`
  if (type === 'room.closed') return `room.closed ${room} ${reason}`
  if (type === 'room.updated') return `room.updated ${JSON.stringify(changed)}`
  if (type === 'mention.created') return `mention.created ${seq} by ${actor}`
  if (type === 'silence.changed') return `${type} ${username} ${frame.until ? 'silent' : 'free'}`
  if (type === 'presence.changed') {
    const came = (frame.online ?? []).map((name: string) => `${name} online`)
    return [...came, ...(frame.offline ?? []).map((name: string) => `${name} offline`)].join(', ')
  }
  if (type === 'read.changed') return `read.changed ${frame.read_seq}, ${frame.unread} unread`
  if (type === 'receipt.changed')
    return `receipt.changed ${username} ${frame.delivered_seq}/${frame.read_seq}`
  return `${type} ${reason ?? ''}`.trim()
}

/** The log of a room, in short. */
export async function logOf(server: { url: string }, person: { token: string }, room: string) {
  const { body } = await rest(server, person).get(`/rooms/${room}/log?limit=500`)
  return (body.items as Frame[]).map((event) => brief(event)!)
}

/** Usernames of the members. */
export async function membersOf(server: { url: string }, person: { token: string }, room: string) {
  const { body } = await rest(server, person).get(`/rooms/${room}/members`)
  return (body.items as { username: string }[]).map(({ username }) => username)
}

/** `ok`, or the code of the refusal. */
export async function outcome(
  response: Promise<{ status: number; body: { code?: string } }>,
): Promise<string> {
  const { status, body } = await response
  return status < 400 ? 'ok' : (body.code ?? String(status))
}

export const closeAll = async (...sockets: { close(): Promise<void> }[]): Promise<void> => {
  for (const socket of sockets) await socket.close()
}
