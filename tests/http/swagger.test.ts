import { describe, expect, test } from 'bun:test'
import { refusals } from '../../src/protocol/refusals.ts'
import { cast } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { serverFor, startServer } from '../support/server.ts'

type Operation = {
  security: unknown[]
  responses: Record<string, Answer>
  requestBody?: { required?: boolean; content: Record<string, Content> }
  summary?: string
  description?: string
}
type Content = { schema: { $ref?: string }; example?: unknown; examples?: Record<string, { value: unknown }> }
type Answer = { description: string; headers?: Record<string, object>; content?: Record<string, Content> }

const at = serverFor({}, async (server) => {
  const { body } = await rest(server).get('/swagger/json')
  return {
    ...(await cast(server)),
    document: body as {
      openapi: string
      paths: Record<string, Record<string, Operation>>
      components: { schemas: Record<string, object> }
    },
  }
})
const operations = () =>
  Object.entries(at().document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  )

describe('the documentation page', () => {
  test('uses no other host, and serves all its files', async () => {
    const { server } = at()
    const page = await rest(server).get('/swagger')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const links = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!)
    expect(links.length).toBeGreaterThanOrEqual(3)
    const init = await rest(server).get('/swagger/init.js')
    const asked = [...String(init.body).matchAll(/url: '([^']+)'/g)].map(([, link]) => link!)
    for (const link of [...links, ...asked]) {
      expect(link).toMatch(/^\/swagger\//)
      const file = await rest(server).get(link)
      expect([link, file.status]).toEqual([link, 200])
      expect(JSON.stringify(file.body).length).toBeGreaterThan(100)
    }
    expect(String(page.body) + String(init.body)).not.toMatch(/https?:\/\//)
    expect(page.headers.get('content-security-policy')).not.toMatch(/https?:|\*/)
  })

  test('is found from where other frameworks have it', async () => {
    const { server, document } = at()
    for (const path of ['/docs', '/redoc']) {
      const { status, headers } = await rest(server).get(path)
      expect([path, status, headers.get('location')]).toEqual([path, 302, '/swagger'])
    }
    const same = await rest(server).get('/openapi.json')
    expect([same.status, same.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(same.body).toEqual(document)
  })

  test('is not there with SWAGGER=off', async () => {
    const server = await startServer({ settings: { SWAGGER: 'off' } })
    for (const path of ['/swagger', '/swagger/json', '/swagger/ui.js', '/docs', '/redoc', '/openapi.json']) {
      expect([path, (await rest(server).get(path)).status]).toEqual([path, 404])
    }
    await server.stop()
  })
})

describe('the OpenAPI document', () => {
  test('has every operation with a summary, a success and its errors', () => {
    const found = operations()
    expect(found.length).toBeGreaterThan(30)
    for (const { name, path, operation } of found) {
      const statuses = Object.keys(operation.responses)
      const problems = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400)
      expect([name, operation.summary]).toEqual([name, expect.any(String)])
      expect([name, statuses.some((status) => /^(2|303|101)/.test(status))]).toEqual([name, true])
      expect([name, statuses]).toEqual([name, expect.arrayContaining(['429', '500', '503'])])
      if (operation.security.length > 0)
        expect([name, statuses]).toEqual([name, expect.arrayContaining(['401', '403'])])
      if (path.includes('{')) expect([name, statuses]).toEqual([name, expect.arrayContaining(['404', '422'])])
      for (const [status, { description, headers = {}, content }] of problems) {
        const { schema, example } = content!['application/problem+json']!
        expect([name, status, schema]).toEqual([name, status, { $ref: '#/components/schemas/Problem' }])
        const reasons = [...description.split('Reasons: ')[1]!.matchAll(/`(\w+)`/g)].map(([, each]) => each)
        expect([name, status, reasons.filter((each) => !Object.hasOwn(refusals, each!))]).toEqual([
          ...[name, status, []],
        ])
        expect([name, status, example]).toMatchObject([name, status, { status: Number(status) }])
        expect(reasons).toContain((example as { reason: string }).reason)
        const waits = Object.keys(headers).includes('Retry-After')
        expect([name, status, waits]).toEqual([name, status, ['429', '503'].includes(status)])
      }
    }
  })

  test('has a description, a named schema and an example for every body and every response', () => {
    for (const { name, operation } of operations()) {
      expect([name, operation.description?.length ?? 0]).not.toEqual([name, 0])
      const all = [operation.requestBody, ...Object.values(operation.responses)]
      for (const [type, { schema, example, examples }] of all.flatMap((each) =>
        Object.entries(each?.content ?? {}),
      )) {
        const shown = example ?? Object.values(examples ?? {})[0]?.value
        expect([name, type, shown === undefined]).toEqual([name, type, false])
        if (/[/+]json$/.test(type) && !name.includes('/health')) {
          expect([name, schema.$ref]).toEqual([name, expect.stringContaining('#/components/schemas/')])
        }
      }
    }
  })

  test('says which bodies are optional, and they are', async () => {
    const { server, dan } = at()
    const optional = operations().filter(({ operation }) => operation.requestBody?.required === false)
    expect(optional.map(({ name }) => name).sort()).toEqual([
      'delete /users/me',
      'post /rooms/{room}/invites',
      'put /rooms/{room}/members/{username}',
      'put /users/{username}/ban',
    ])
    expect((await rest(server, dan).put('/rooms/general/members/me')).status).toBe(204)
    const room = (await rest(server, dan).post('/rooms', { title: 'The quay', access: 'closed' })).body.id
    expect((await rest(server, dan).post(`/rooms/${room}/invites`)).status).toBe(201)
    await rest(server, dan).delete(`/rooms/${room}`)
    expect((await rest(server, dan).delete('/users/me')).status).toBe(204)
  })

  test('names what signing in returns, and the field that says which it is', () => {
    const { Entered } = at().document.components.schemas
    expect(Entered).toMatchObject({
      oneOf: [{ $ref: '#/components/schemas/SignedIn' }, { $ref: '#/components/schemas/CookieSession' }],
      discriminator: { propertyName: 'token_type' },
    })
  })

  test('says that a webhook gets the text "ok", as from Slack', () => {
    const { responses } = at().document.paths['/hooks/{secret}']!.post!
    expect(responses['204']).toBeUndefined()
    expect(responses['200']!.content).toMatchObject({
      'text/plain': { schema: { type: 'string', enum: ['ok'] } },
    })
  })

  // It once said JSON only, and nothing of the refusals that a removed webhook or a used key gets.
  test('says what a webhook accepts, and how it can be refused', () => {
    const { requestBody, responses } = at().document.paths['/hooks/{secret}']!.post!
    const types = ['application/json', 'application/x-www-form-urlencoded', 'text/plain']
    expect(Object.keys(requestBody!.content).sort()).toEqual(types)
    const refused = ['400', '403', '404', '409', '410', '413', '422', '429', '500', '503']
    expect(Object.keys(responses).sort()).toEqual(['200', ...refused])
  })

  test('refers only to what it holds', () => {
    const { document } = at()
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
      const parts = ref!.replace(/^#\//, '').split('/')
      const target = parts.reduce<unknown>(
        (node, part) => (node as Record<string, unknown> | undefined)?.[part],
        document,
      )
      expect([ref, typeof target]).toEqual([ref, 'object'])
    }
  })

  test('operations with security respond 401 without a token, and the others do not', async () => {
    const { server } = at()
    for (const { name, path, operation } of operations()) {
      const [method] = name.split(' ')
      const { status } = await rest(server).call(
        method!.toUpperCase(),
        path.replace(/\{seq\}/g, '1').replace(/[{}]/g, ''),
        method === 'get' ? undefined : {},
      )
      // Elysia reads a body before it asks who sends it.
      if (operation.security.length > 0 && !path.startsWith('/ws'))
        expect([name, [401, 422].includes(status)]).toEqual([name, true])
    }
  })
})
