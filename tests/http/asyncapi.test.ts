import { describe, expect, test } from 'bun:test'
import { Parser } from '@asyncapi/parser'
import { Ajv } from 'ajv'
import { describeSockets } from '../../src/http/asyncapi.ts'
import { closeCodes } from '../../src/protocol/close.ts'
import { commands } from '../../src/protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../src/protocol/events.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import { cast } from '../support/cast.ts'
import { rest, socketOf } from '../support/client.ts'
import { serverFor, startServer } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: the document is what the test looks into.
type Document = any

const parser = new Parser({
  // Tools that read 3.0.0 are more than those that read what came later.
  ruleset: { core: true, recommended: true, rules: { 'asyncapi-latest-version': 'off' } } as never,
})
const at = serverFor({}, async (server) => ({
  ...(await cast(server)),
  document: (await rest(server).get('/asyncapi.json')).body as Document,
}))

describe('the AsyncAPI document', () => {
  test('pleases the official parser, without a warning or a hint', async () => {
    const { document, diagnostics } = await parser.parse(JSON.stringify(at().document))
    expect(diagnostics.map(({ code, message, path }) => [code, message, path.join('.')])).toEqual([])
    expect(document?.version()).toBe('3.0.0')
    const found = document!.channels().all()
    expect(found.map((channel) => channel.address()).sort()).toEqual(['/ws', '/ws/{room}'])
    expect(document!.securitySchemes().all().length).toBe(4)
  })

  test('is refused by the parser when it is wrong', async () => {
    const small = onlyWith(at().document, 'ws.message.send')
    expect((await parser.parse(JSON.stringify(small))).diagnostics).toEqual([])
    small.operations['ws.message.send'].action = 'listen'
    const { document, diagnostics } = await parser.parse(JSON.stringify(small))
    expect(document).toBeUndefined()
    expect(JSON.stringify(diagnostics)).toContain('operations')
  })

  test('has every command with its reply, and every event, for both doors', () => {
    const { operations, channels } = at().document
    const events = Object.keys({ ...durableEvents, ...ephemeralEvents, ...userEvents })
    for (const door of ['ws', 'ws-room']) {
      const heard = Object.values<Document>(operations)
        .filter(({ action, channel }) => action === 'send' && channel.$ref === `#/channels/${door}`)
        .flatMap(({ messages }) => messages.map(({ $ref }: Document) => $ref.split('/').at(-1)))
      const greeting = door === 'ws' ? 'hello' : 'room.ready'
      expect(heard.sort()).toEqual([...events, greeting, 'server.ping'].sort())
      for (const name of Object.keys(commands)) {
        const { action, messages, reply } = operations[`${door}.${name}`]
        expect([name, action, messages.length, reply.messages.length]).toEqual([name, 'receive', 1, 2])
        for (const { $ref } of [...messages, ...reply.messages]) {
          expect(channels[door].messages[$ref.split('/').at(-1)]).toBeDefined()
        }
      }
    }
  })

  test('on the simple socket the room may be left out, and plain text is a message', () => {
    const { messages, schemas } = at().document.components
    expect(schemas.MessageSend.required).toContain('room')
    expect(messages['in-room.message.send'].payload.$ref).toBe('#/components/schemas/InRoomMessageSend')
    expect(schemas.InRoomMessageSend.required).toEqual(['type', 'content'])
    expect(messages.text.contentType).toBe('text/plain')
  })

  test('has a name and a valid example for every message', async () => {
    const { messages, schemas } = at().document.components
    const errorsOf = createCheck({ components: { schemas } })
    for (const [key, { title, payload, examples }] of Object.entries<Document>(messages)) {
      expect([key, payload]).toEqual([key, { $ref: `#/components/schemas/${title}` }])
      expect([key, schemas[title].title]).toEqual([key, title])
      expect([key, examples.length > 0]).toEqual([key, true])
      for (const example of examples) expect([key, errorsOf(title, example.payload)]).toEqual([key, []])
    }
    // The check can fail.
    expect(errorsOf('MessageSend', { type: 'message.send', room: 'general' })).not.toEqual([])
  })

  test('tells every close code, and whether to come back after it', () => {
    const listed = at().document['x-close-codes'] as { code: number; comes_back: boolean }[]
    expect(listed.map(({ code }) => code)).toEqual(Object.values(closeCodes).map(({ code }) => code))
    for (const { code, comes_back } of listed) expect([code, comes_back]).toEqual([code, code < 4500])
    expect(at().document.info.description).toContain(at().document['x-retry-rule'])
  })

  test('lists the limits that this server sends in `hello`', async () => {
    const socket = await socketOf(at().server, at().ben)
    const { limits } = await socket.next('hello')
    const listed = at().document['x-limits'] as { name: string; value: number }[]
    expect(Object.fromEntries(listed.map(({ name, value }) => [name, value]))).toEqual(limits)
    await socket.close()
  })

  test('names the public address, secured where that is', () => {
    const rules = { version: '1', limits: defaultLimits, pingIntervalMs: 1, pongTimeoutMs: 1 }
    const { parley } = describeSockets({ ...rules, publicUrl: 'https://chat.example.org' }).servers
    expect([parley.host, parley.protocol]).toEqual(['chat.example.org', 'wss'])
  })

  test('is not there with SWAGGER=off', async () => {
    const server = await startServer({ settings: { SWAGGER: 'off' } })
    expect((await rest(server).get('/asyncapi.json')).status).toBe(404)
    await server.stop()
  })
})

/** The document with one operation and all that it refers to: the parser takes ten seconds for the whole one. */
function onlyWith(document: Document, name: string): Document {
  const { operations, channels, components, ...rest } = structuredClone(document)
  const small = { ...rest, operations: { [name]: operations[name] }, channels: {}, components: {} }
  const all = { channels, components }
  const take = (from: unknown): void => {
    for (const [, pointer] of JSON.stringify(from).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const path = pointer!.split('/')
      const found = path.reduce((inside: Document, key) => inside?.[key], small)
      if (found !== undefined) continue
      const value = path.reduce((inside: Document, key) => inside[key], all)
      const taken = path[0] === 'channels' && path.length === 2 ? { ...value, messages: {} } : value
      const place = path.slice(0, -1).reduce((inside: Document, key) => {
        inside[key] ??= {}
        return inside[key]
      }, small)
      place[path.at(-1)!] = taken
      take(taken)
    }
  }
  take([small.operations, small.servers])
  return small
}

/** What is wrong with a value of a named schema of the document. */
function createCheck(document: object) {
  const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(document, 'document')
  return (name: string, value: unknown) => {
    ajv.validate(`document#/components/schemas/${name}`, value)
    return (ajv.errors ?? []).map(({ instancePath, message }) => [instancePath, message])
  }
}
