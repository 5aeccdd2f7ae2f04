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
    reactions: (room: string, seq: number, query: Record<string, string | number> = {}) =>
      call('GET', `${message(room, seq)}/reactions?${new URLSearchParams(query as never)}`),
    versions: (room: string, seq: number, query: Record<string, number> = {}) =>
      call('GET', `${message(room, seq)}/versions?${new URLSearchParams(query as never)}`),
    thread: (room: string, seq: number, query: Record<string, number> = {}) =>
      call('GET', `${message(room, seq)}/thread?${new URLSearchParams(query as never)}`),
    follow: (room: string, seq: number) => call('PUT', `${message(room, seq)}/thread/follow`),
    unfollow: (room: string, seq: number) => call('DELETE', `${message(room, seq)}/thread/follow`),
    readThread: (room: string, seq: number, read_seq: number) =>
      call('PUT', `${message(room, seq)}/thread/read`, { read_seq }),
    followed: (query: Record<string, string | number> = {}) =>
      call('GET', `/threads?${new URLSearchParams(query as never)}`),
    removePreview: (room: string, seq: number, preview: string) =>
      call('DELETE', `${message(room, seq)}/previews/${preview}`),
    save: (room: string, seq: number) => call('PUT', `${message(room, seq)}/saved`),
    unsave: (room: string, seq: number) => call('DELETE', `${message(room, seq)}/saved`),
    saved: (query: Record<string, string | number> = {}) =>
      call('GET', `/saved?${new URLSearchParams(query as never)}`),
    keywords: () => call('GET', '/users/me/keywords'),
    setKeywords: (keywords: unknown) => call('PUT', '/users/me/keywords', { keywords }),
    pin: (room: string, seq: number) => call('PUT', `/rooms/${room}/pins/${seq}`),
    unpin: (room: string, seq: number) => call('DELETE', `/rooms/${room}/pins/${seq}`),
    list: (room: string, query: Record<string, number>) =>
      call('GET', `/rooms/${room}/messages?${new URLSearchParams(query as never)}`),
    search: (query: Record<string, string | number>) =>
      call('GET', `/search?${new URLSearchParams(query as never)}`),
    join: (room: string) => call('PUT', `/rooms/${room}/members/me`, {}),
    leave: (room: string) => call('DELETE', `/rooms/${room}/members/me`),
    read: (room: string, seq: number) => call('PUT', `/rooms/${room}/read`, { seq }),
    unread: (room: string, seq: number) => call('PUT', `/rooms/${room}/read`, { seq, unread: true }),
    setFavourite: (room: string, more: object) => call('PUT', `/rooms/${room}/favourite`, more),
    setSection: (room: string, more: object) => call('PUT', `/rooms/${room}/section`, more),
    arrange: (change: object) => call('PATCH', '/users/me/arrangement', change),
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
    reactions: (room, seq, query) => ask('reaction.list', { room, seq, ...query }),
    versions: (room, seq, query) => ask('version.list', { room, seq, ...query }),
    thread: (room, seq, query) => ask('thread.list', { room, seq, ...query }),
    follow: (room, seq) => ask('thread.follow', { room, seq }),
    unfollow: (room, seq) => ask('thread.unfollow', { room, seq }),
    readThread: (room, seq, read_seq) => ask('thread.read', { room, seq, read_seq }),
    followed: (query) => ask('thread.followed', { ...query }),
    removePreview: (room, seq, preview) => ask('preview.remove', { room, seq, preview }),
    save: (room, seq) => ask('saved.add', { room, seq }),
    unsave: (room, seq) => ask('saved.remove', { room, seq }),
    saved: (query) => ask('saved.list', { ...query }),
    keywords: () => ask('keyword.list', {}),
    setKeywords: (keywords) => ask('keyword.set', { keywords }),
    pin: (room, seq) => ask('pin.add', { room, seq }),
    unpin: (room, seq) => ask('pin.remove', { room, seq }),
    list: (room, query) => ask('message.list', { room, ...query }),
    search: (query) => ask('message.search', query),
    join: (room) => ask('room.join', { room }),
    leave: (room) => ask('room.leave', { room }),
    read: (room, seq) => ask('read.mark', { room, seq }),
    unread: (room, seq) => ask('read.mark', { room, seq, unread: true }),
    setFavourite: (room, more) => ask('favourite.set', { room, ...more }),
    setSection: (room, more) => ask('section.set', { room, ...more }),
    arrange: (change) => ask('arrangement.set', change),
    close: socket.close,
    ended: socket.ending,
  }
}

export const eachDoor = doors.map((door) => [door] as const)
