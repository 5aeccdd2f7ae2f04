import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Kind } from '@sinclair/typebox'
import { repository } from '../support/child.ts'
import { type Project, startProject, strict, typeCheck, typeRoots } from '../support/sdk.ts'

let project: Project
beforeAll(async () => {
  project = await startProject()
})
afterAll(() => project?.remove())

/** Somebody's program. What must not compile is marked; a mark on what does compile is an error too. */
const consumer = `
import {
  apiTokenSession, type Client, createClient, type FailureCode, logIn, type Message, RequestError, type RoomHandle,
  type Sending,
} from '@parley/sdk'

// As the package ws declares it.
declare class Ws {
  constructor(address: null)
  constructor(address: string | URL, options?: { headers?: { [name: string]: string }; timeout?: number })
  constructor(address: string | URL, protocols?: string | string[], options?: object)
  send(data: string | Uint8Array, sent?: (error?: Error) => void): void
  close(code?: number, data?: string | Uint8Array): void
  onopen: ((event: { type: string; target: Ws }) => void) | null
  onmessage: ((event: { data: string | Uint8Array; type: string; target: Ws }) => void) | null
  onclose: ((event: { code: number; reason: string; wasClean: boolean; target: Ws }) => void) | null
  onerror: ((event: { error: unknown; message: string; target: Ws }) => void) | null
}

export async function use(signal: AbortSignal | undefined): Promise<void> {
  const { session, user } = await logIn({ url: 'https://chat.example' }, { username: 'ben', password: 'x' })
  const name: string = user.username
  using client: Client = createClient({ url: 'https://chat.example', session })
  createClient({ url: '', session: apiTokenSession(name) })
  createClient({ url: '', session, WebSocket })
  createClient({ url: '', session, WebSocket: Ws })
  // @ts-expect-error not a socket
  createClient({ url: '', session, WebSocket: Date })
  await client.ready({ signal })
  const room: RoomHandle = client.room('general')

  const sending: Sending = room.send('hi', { reply_to: 1, signal })
  const id: string = sending.client_id
  const seq: number = (await sending).seq
  room.retry(id)
  const answer = await client.request('presence.list', { room: 'general' })
  const online: string[] = answer.online
  await client.request('ping', {})

  for await (const message of room.messages({ after: seq })) {
    const text: Message = message
    console.log(text.author.display_name, online)
  }
  for await (const event of client.events({ signal })) {
    if (event.type === 'reaction.added') console.log(event.emoji.length, event.target + event.seq)
    if (event.type === 'room.reset') console.log(event.since.seq)
    // @ts-expect-error only some events have it
    event.emoji
    // @ts-expect-error there is no such event
    if (event.type === 'message.exploded') return
  }
  client.on('typing.changed', ({ username, typing }) => console.log(username.length, typing === true))

  try {
    await room.open({ history: 10 })
  } catch (error) {
    if (error instanceof RequestError) {
      const code: FailureCode = error.code
      if (code === 'rate_limited' || code === 'disconnected') console.log(error.retry_after_ms)
      // @ts-expect-error no such code
      if (code === 'unlucky') return
    }
  }

  const made = await client.rest('POST /rooms', { body: { title: 'Tea' }, signal })
  const { items, next } = await client.rest('GET /rooms', { query: { after: undefined } })
  console.log(made.title.length, items[0]?.title, next?.length, (await client.rest('GET /users/me')).username)
  // @ts-expect-error no such route
  await client.rest('GET /room')
  // @ts-expect-error its path names a room
  await client.rest('DELETE /rooms/:room')
  // @ts-expect-error a parameter that its path does not have
  await client.rest('DELETE /rooms/:room', { params: { room: 'tea', seq: 1 } })
  // @ts-expect-error it takes no body
  await client.rest('DELETE /rooms/:room', { params: { room: 'tea' }, body: {} })
  // @ts-expect-error a field of its body is missing
  await client.rest('PUT /rooms/:room/read', { params: { room: 'tea' }, body: {} })
  // @ts-expect-error not a command
  await client.request('message.explode', { room: 'general' })
  // @ts-expect-error a field is missing
  await client.request('message.edit', { room: 'general', seq: 1 })
  // @ts-expect-error a field too many
  await client.request('message.delete', { room: 'general', seq: 1, content: 'x' })
  // @ts-expect-error the state is not for writing
  client.state.status = 'online'
  // @ts-expect-error nor is what hangs on it
  room.state!.messages.push()
  // @ts-expect-error a seq is a number
  await room.edit('1', 'x')
  // @ts-expect-error a session is needed
  createClient({ url: 'https://chat.example' })
}
`

const consumers = {
  'a page, bundled': { module: 'ESNext', moduleResolution: 'bundler', types: [], lib: ['ES2023', 'DOM'] },
  'Node, as it is': {
    module: 'NodeNext',
    moduleResolution: 'nodenext',
    typeRoots,
    types: ['node'],
    lib: ['ES2023'],
  },
}
for (const [name, options] of Object.entries(consumers)) {
  test(`its types hold and help in the strictest project: ${name}`, async () => {
    await project.write('package.json', JSON.stringify({ type: 'module' }))
    const files = [await project.write('use.ts', consumer)]
    expect(await typeCheck(project, files, { ...strict, ...options })).toBe('')
    const looser = { ...strict, exactOptionalPropertyTypes: false, noUncheckedIndexedAccess: false }
    expect(await typeCheck(project, files, { ...looser, ...options })).toBe('')
    await project.write('use.ts', `${consumer}\nexport const wrong: number = ''`)
    expect(await typeCheck(project, files, { ...strict, ...options })).toContain('TS2322')
  })
}

test('the types of the protocol are the same as those of its schemas', async () => {
  const protocol = join(repository, 'src/protocol')
  const declared = await Bun.file(join(project.sdk, 'types/protocol.d.ts')).text()
  const names = [...declared.matchAll(/^export type (\w+) =/gm)].map(([, name]) => name!)
  const schemas = new Map<string, string>()
  for (const file of new Bun.Glob('*.ts').scanSync(protocol))
    for (const [name, value] of Object.entries(await import(join(protocol, file))))
      if (value && typeof value === 'object' && Kind in value) schemas.set(name, join(protocol, file))
  const computed = ['CommandName', 'DurableEvent', 'DurableKind', 'EphemeralEvent', 'Event', 'UserEvent']
  const routes = ['Routes', 'RouteName', 'FileRoute']
  const tables = ['Commands', 'Replies']
  expect(
    names.filter((name) => ![...schemas.keys(), ...computed, ...routes, ...tables].includes(name)),
  ).toEqual([])
  expect(names.length).toBeGreaterThan(25)

  const from = (file: string, name: string) => `import('${join(protocol, file)}').${name}`
  const fileOf = (name: string) =>
    routes.includes(name) ? 'routes.ts' : name === 'CommandName' ? 'commands.ts' : 'events.ts'
  const source = (name: string) =>
    schemas.has(name) ? `(typeof import('${schemas.get(name)}').${name})['static']` : from(fileOf(name), name)
  const lines = names
    .filter((name) => !tables.includes(name))
    .map((name) => `export const same${name}: Same<${source(name)}, P.${name}> = true`)
  const file = await project.write(
    'same.ts',
    `import type * as P from '${join(project.sdk, 'types/protocol.js')}'
    type Deep<T> = T extends object ? { [K in keyof T]: Deep<T[K]> } : T
    type Is<T> = <V>() => V extends Deep<T> ? 1 : 2
    type Same<A, B> = Is<A> extends Is<B> ? true : false
    type Name = P.CommandName
    ${lines.join('\n')}
    export const sameParams: Same<{ [N in Name]: ${from('commands.ts', 'Params<N>')} }, P.Commands> = true
    export const sameReplies: Same<{ [N in Name]: ${from('command-rows.ts', 'ReplyData<N>')} }, P.Replies> = true
    // @ts-expect-error or the comparison compares nothing
    export const other: Same<{ a?: string }, { a: string }> = true
    // @ts-expect-error
    export const deeper: Same<{ a: { b: 'x' }[] }, { a: { b: string }[] }> = true`,
  )
  const options = { module: 'ESNext', moduleResolution: 'bundler', types: [], lib: ['ESNext', 'DOM'] }
  const loose = { skipLibCheck: true, allowImportingTsExtensions: true }
  expect(await typeCheck(project, [file], { ...strict, ...options, ...loose })).toBe('')
})
