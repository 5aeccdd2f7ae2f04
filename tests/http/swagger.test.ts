import { describe, expect, test } from 'bun:test'
import { cast } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { serverFor, startServer } from '../support/server.ts'

type Operation = {
  requestBody?: { content: Record<string, unknown> }
  security?: unknown[]
  responses: Record<string, { content?: Record<string, unknown> }>
  summary?: string
}

const at = serverFor({}, async (server) => {
  const { body } = await rest(server).get('/swagger/json')
  return {
    ...(await cast(server)),
    document: body as { openapi: string; paths: Record<string, Record<string, Operation>> },
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

  test('is not there with SWAGGER=off', async () => {
    const server = await startServer({ settings: { SWAGGER: 'off' } })
    for (const path of ['/swagger', '/swagger/json', '/swagger/ui.js']) {
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
      expect([name, statuses.some((status) => /^(2|101)/.test(status))]).toEqual([name, true])
      expect([name, statuses]).toEqual([name, expect.arrayContaining(['429', '500', '503'])])
      if (operation.security) expect([name, statuses]).toEqual([name, expect.arrayContaining(['401', '403'])])
      if (path.includes('{')) expect([name, statuses]).toEqual([name, expect.arrayContaining(['404', '422'])])
      for (const [status, { content }] of problems) {
        expect([name, status, content]).toEqual([
          ...[
            name,
            status,
            { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          ],
        ])
      }
    }
  })

  test('says that a webhook gets the text "ok", as from Slack', () => {
    const { responses } = at().document.paths['/hooks/{secret}']!.post!
    expect(responses['204']).toBeUndefined()
    expect(responses['200']!.content).toEqual({ 'text/plain': { schema: { type: 'string', enum: ['ok'] } } })
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
      if (operation.security) expect([name, [401, 422].includes(status)]).toEqual([name, true])
    }
  })
})
