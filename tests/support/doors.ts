import { type Frame, type Person, rest, socketOf } from './client.ts'

/** What came of a command: its result, or the code of its error. */
export type Outcome = { data?: Frame; code?: string; reason?: string; errors?: unknown }

export type Door = 'rest' | 'socket'
export const doors: Door[] = ['rest', 'socket']

/** A client that uses one of the two doors, with the commands that both know, for tests that hold for both. */
export async function clientOver(door: Door, server: { url: string }, person: Person) {
  return door === 'rest' ? overRest(server, person) : overSocket(await socketOf(server, person))
}

export type Client = Awaited<ReturnType<typeof clientOver>>

function overRest(server: { url: string }, person: Person) {
  const call = async (method: string, path: string, body?: unknown): Promise<Outcome> => {
    const { status, body: answer } = await rest(server, person).call(method, path, body)
    return status < 400
      ? { data: answer }
      : { code: answer.code, reason: answer.reason, errors: answer.errors }
  }
  const message = (room: string, seq: number) => `/rooms/${room}/messages/${seq}`
  const reaction = (room: string, seq: number, emoji: string) =>
    `${message(room, seq)}/reactions/${encodeURIComponent(emoji)}`
  return {
    send: (room: string, draft: object) => call('POST', `/rooms/${room}/messages`, draft),
    edit: (room: string, seq: number, content: string) => call('PATCH', message(room, seq), { content }),
    remove: (room: string, seq: number) => call('DELETE', message(room, seq)),
    react: (room: string, seq: number, emoji: string) => call('PUT', reaction(room, seq, emoji)),
    unreact: (room: string, seq: number, emoji: string) => call('DELETE', reaction(room, seq, emoji)),
    pin: (room: string, seq: number) => call('PUT', `/rooms/${room}/pins/${seq}`),
    unpin: (room: string, seq: number) => call('DELETE', `/rooms/${room}/pins/${seq}`),
    list: (room: string, query: Record<string, number>) =>
      call('GET', `/rooms/${room}/messages?${new URLSearchParams(query as never)}`),
    join: (room: string) => call('PUT', `/rooms/${room}/members/me`, {}),
    leave: (room: string) => call('DELETE', `/rooms/${room}/members/me`),
    read: (room: string, seq: number) => call('PUT', `/rooms/${room}/read`, { seq }),
    setFavourite: (room: string, more: object) => call('PUT', `/rooms/${room}/favourite`, more),
    close: async () => {},
    /** Resolves when the server has closed the socket; over REST, where each request is answered, never. */
    ended: (): Promise<unknown> => new Promise(() => {}),
  }
}

function overSocket(socket: Awaited<ReturnType<typeof socketOf>>): ReturnType<typeof overRest> {
  const ask = async (type: string, params: object): Promise<Outcome> => {
    const { type: kind, data, code, reason, errors } = await socket.ask({ type, ...params })
    return kind === 'reply' ? { data } : { code, reason, errors }
  }
  return {
    send: (room, draft) => ask('message.send', { room, ...draft }),
    edit: (room, seq, content) => ask('message.edit', { room, seq, content }),
    remove: (room, seq) => ask('message.delete', { room, seq }),
    react: (room, seq, emoji) => ask('reaction.add', { room, seq, emoji }),
    unreact: (room, seq, emoji) => ask('reaction.remove', { room, seq, emoji }),
    pin: (room, seq) => ask('pin.add', { room, seq }),
    unpin: (room, seq) => ask('pin.remove', { room, seq }),
    list: (room, query) => ask('message.list', { room, ...query }),
    join: (room) => ask('room.join', { room }),
    leave: (room) => ask('room.leave', { room }),
    read: (room, seq) => ask('read.mark', { room, seq }),
    setFavourite: (room, more) => ask('favourite.set', { room, ...more }),
    close: socket.close,
    ended: socket.ending,
  }
}

export const eachDoor = doors.map((door) => [door] as const)
