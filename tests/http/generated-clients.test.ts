import { expect, mock, test } from 'bun:test'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from 'json-schema-to-typescript'
import * as typescript from 'typescript-5'
import { repository } from '../support/child.ts'
import { rest } from '../support/client.ts'
import { strict } from '../support/sdk.ts'
import { serverFor } from '../support/server.ts'

/*
 * What a stranger does with our documents: a public generator writes the types, and a program over them must compile
 * without a cast. What must not compile is marked, and a mark on what does compile is an error too.
 */

// It writes with the API of TypeScript 5, which our compiler, TypeScript 7, does not have (decision 027).
mock.module('typescript', () => ({ default: typescript }))

const at = serverFor({}, async (server) => ({
  openapi: (await rest(server).get('/openapi.json')).body,
  asyncapi: (await rest(server).get('/asyncapi.json')).body,
}))

const overHttp = `
import createClient from 'openapi-fetch'
import type { paths } from './paths'

export async function converse(baseUrl: string) {
  const api = createClient<paths>({ baseUrl })
  const person = { username: 'ben', email: 'ben@example.org', password: 'the tide turns at four' }
  const entered = await api.POST('/auth/signup', { body: person })
  if (entered.error) throw new Error(entered.error.reason)
  // @ts-expect-error cookies have no token: ask first which it is
  entered.data.access_token
  if (entered.data.token_type !== 'bearer') throw new Error('These are cookies')
  const token: string = entered.data.access_token
  api.use({
    onRequest({ request }) {
      request.headers.set('authorization', \`Bearer \${token}\`)
      return request
    },
  })
  const path = { room: 'general' }
  // Without a body: it is optional.
  await api.PUT('/rooms/{room}/members/{username}', { params: { path: { ...path, username: 'me' } } })
  const body = { content: 'Is the harbour open?', client_id: 'ben-1' }
  const sent = await api.POST('/rooms/{room}/messages', { params: { path }, body })
  const page = await api.GET('/rooms/{room}/messages', { params: { path, query: { limit: 10 } } })
  const log = await api.GET('/rooms/{room}/log', { params: { path } })
  if (!sent.data || !page.data || !log.data) throw new Error('Nothing was read')
  const created = log.data.items.flatMap((event) =>
    event.type === 'message.created' ? [event.message.content] : [],
  )
  const nowhere = await api.GET('/rooms/{room}', { params: { path: { room: 'nowhere' } } })
  // @ts-expect-error a message has a text
  void api.POST('/rooms/{room}/messages', { params: { path }, body: { client_id: 'ben-2' } }).catch(() => {})
  return { token, read: page.data.items.map(({ content }) => content), created, refused: nowhere.error?.reason }
}
`

const overTheSocket = `
import type { FromServer } from './from-server'
import type { MessageSend, RoomSubscribe, ToServer } from './to-server'

/** Subscribes, sends a message, and resolves with it as the room got it. */
export function talk(url: string, token: string): Promise<{ me: string; seq: number; content: string }> {
  const socket = new WebSocket(\`\${url.replace(/^http/, 'ws')}/ws?token=\${token}\`)
  const send = (command: ToServer) => socket.send(JSON.stringify(command))
  const subscribe: RoomSubscribe = { type: 'room.subscribe', ref: 1, room: 'general', history: 0 }
  const message: MessageSend = { type: 'message.send', ref: 2, room: 'general', content: 'Since six.' }
  // @ts-expect-error a message has a text
  const empty: MessageSend = { type: 'message.send', room: 'general' }
  return new Promise((resolve, reject) => {
    let me = ''
    socket.onmessage = ({ data }) => {
      const frame: FromServer = JSON.parse(String(data))
      if (frame.type === 'hello') {
        me = frame.user.username
        send(subscribe)
        send(message)
      }
      if (frame.type === 'error') reject(new Error(frame.reason + Object.keys(empty).length))
      if (frame.type === 'message.created') {
        resolve({ me, seq: frame.seq, content: frame.message.content })
        socket.close()
      }
    }
    socket.onclose = () => reject(new Error('closed'))
  })
}
`

type Refs = { $ref: string }[]
type Operation = { action: string; channel: { $ref: string }; messages: Refs; reply?: { messages: Refs } }

test('programs over types that public generators wrote compile under strict types, sign up, talk and read', async () => {
  const { server, openapi, asyncapi } = at()
  const folder = mkdtempSync(join(tmpdir(), 'parley-generated-'))
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  const write = (name: string, text: string) => Bun.write(join(folder, name), text)

  const { default: openapiTS, astToString } = await import('openapi-typescript')
  await write('paths.ts', astToString(await openapiTS(openapi)))
  const { sent, received } = framesOf(asyncapi)
  await write('from-server.ts', await typesOf('FromServer', asyncapi, sent))
  await write('to-server.ts', await typesOf('ToServer', asyncapi, received))
  await write('over-http.ts', overHttp)
  await write('over-the-socket.ts', overTheSocket)
  const compilerOptions = { ...strict, module: 'Preserve', lib: ['ESNext', 'DOM'], types: [] }
  const files = ['over-http.ts', 'over-the-socket.ts']
  await write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
  const tsc = Bun.spawn([join(repository, 'node_modules/.bin/tsc'), '-p', folder], { stdout: 'pipe' })
  expect(await new Response(tsc.stdout).text()).toBe('')
  expect(await tsc.exited).toBe(0)

  const { converse } = await import(join(folder, 'over-http.ts'))
  const { token, ...read } = await converse(server.url)
  const words = ['Is the harbour open?']
  expect(read).toEqual({ read: words, created: words, refused: 'room_not_found' })
  const { talk } = await import(join(folder, 'over-the-socket.ts'))
  expect(await talk(server.url, token)).toEqual({
    me: 'ben',
    seq: expect.any(Number),
    content: 'Since six.',
  })
  rmSync(folder, { recursive: true })
})

test('no generated type of a frame is without a name', async () => {
  const { asyncapi } = at()
  const { sent, received } = framesOf(asyncapi)
  const text = await typesOf('Frames', asyncapi, [...sent, ...received])
  const names = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name)
  expect(names).toContain('MessageSend')
  expect(names).toContain('MessageCreated')
  expect(names.filter((name) => /\d$|Anonymous|NoName/.test(name!))).toEqual([])
})

/** The payloads of `/ws` that the server sends, and those that it receives. */
function framesOf({ operations, components }: { operations: object; components: { messages: object } }) {
  const messages = components.messages as Record<string, { payload: object }>
  const payloadsOf = (refs: Refs) => refs.map(({ $ref }) => messages[$ref.split('/').at(-1)!]!.payload)
  const ours = (Object.values(operations) as Operation[]).filter(
    ({ channel }) => channel.$ref === '#/channels/ws',
  )
  return {
    sent: ours.flatMap(({ action, messages: own, reply }) =>
      payloadsOf(action === 'send' ? own : reply!.messages),
    ),
    received: ours.flatMap(({ action, messages: own }) => (action === 'receive' ? payloadsOf(own) : [])),
  }
}

const typesOf = (title: string, { components }: { components: { schemas: object } }, payloads: object[]) =>
  compile({ title, components: { schemas: components.schemas }, anyOf: payloads } as never, title, {
    additionalProperties: false,
    bannerComment: '',
    format: false,
  })
