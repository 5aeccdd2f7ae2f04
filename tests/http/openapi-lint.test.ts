import { expect, test } from 'bun:test'
import { Spectral } from '@stoplight/spectral-core'
import { oas } from '@stoplight/spectral-rulesets'
import { signUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { serverFor, startServer } from '../support/server.ts'

const at = serverFor({}, async (server) => ({
  text: JSON.stringify((await rest(server).get('/swagger/json')).body),
}))

async function lint(document: string): Promise<[string | number, string, string][]> {
  const spectral = new Spectral()
  spectral.setRuleset({
    // Every rule there is, not only the recommended ones.
    extends: [[oas, 'all']],
    rules: {
      // Whom to ask is up to who runs the server.
      'info-contact': 'off',
      // The order is that in which people meet these things.
      'openapi-tags-alphabetical': 'off',
    },
  } as never)
  const found = await spectral.run(document)
  return found.map(({ code, message, path }) => [code, message, path.join('.')])
}

/** The same document in which an example that is there with the same schema before is not looked at again: the linter compiles each. */
function withoutRepeats(text: string): string {
  const seen = new Set<string>()
  return JSON.stringify(JSON.parse(text), (type, value) => {
    // The type of a body is the only key with a slash that is no path.
    if (!/^[a-z]+\/[a-z*+-]+$/.test(type)) return value
    const written = JSON.stringify(value)
    const { example: _, examples: __, ...rest } = value
    if (seen.has(written)) return rest
    seen.add(written)
    return value
  })
}

test('the OpenAPI document passes every rule of the linter', async () => {
  const found = await lint(withoutRepeats(at().text))
  // The linter knows no handshake: a socket's success is 101.
  const handshakes = found.filter(
    ([code, , path]) => code === 'operation-success-response' && path.startsWith('paths./ws'),
  )
  expect(handshakes.length).toBe(2)
  expect(found.filter((each) => !handshakes.includes(each))).toEqual([])
})

// The plugin calls every body required: clients that were generated from the document did not compile without one.
test('the OpenAPI document says which bodies may be left out, and of what type they are', () => {
  const { paths } = JSON.parse(at().text)
  const bodies = [
    ['/rooms/{room}/members/{username}', 'put', false, 'application/json'],
    ['/rooms/{room}/invites', 'post', false, 'application/json'],
    ['/users/me', 'delete', false, 'application/json'],
    ['/rooms', 'post', true, 'application/json'],
    ['/auth/token', 'post', true, 'application/x-www-form-urlencoded'],
    ['/hooks/{secret}', 'post', true, 'application/json', 'application/x-www-form-urlencoded', 'text/plain'],
  ] as const
  for (const [path, method, required, ...types] of bodies) {
    const { requestBody } = paths[path][method]
    expect([path, requestBody.required, Object.keys(requestBody.content)]).toEqual([path, required, types])
  }
  expect(paths['/auth/token'].post.responses['415']).toBeDefined()
})

test('the linter notices a wrong schema, a wrong example, a doubled id, a stray parameter and an undeclared tag', async () => {
  const document = JSON.parse(at().text)
  const { paths } = document
  // The whole document takes long.
  const wrong = ['/rooms', '/users', '/rooms/{room}', '/directs']
  for (const path of Object.keys(paths)) if (!wrong.includes(path)) delete paths[path]
  paths['/rooms'].get.operationId = paths['/users'].get.operationId
  paths['/rooms'].post.tags = ['nowhere']
  paths['/rooms/{room}'].get.parameters = []
  paths['/directs'].post.requestBody.content['application/json'].schema = { type: 'object', const: 1 }
  paths['/rooms'].post.requestBody.content['application/json'].example = { title: 3 }
  const codes = new Set((await lint(JSON.stringify(document))).map(([code]) => code))
  const expected = [
    'oas3-valid-media-example',
    'oas3-schema',
    'operation-operationId-unique',
    'operation-tag-defined',
    'path-params',
  ]
  expect(expected.filter((code) => !codes.has(code))).toEqual([])
})

test('the document is the same whatever was asked before', async () => {
  const { server, text } = at()
  // Elysia closes the schemas of answers, in place, when their routes are first used.
  const ben = await signUp(server, 'ben')
  for (const path of ['/health', '/users/me', '/rooms']) await rest(server, ben).get(path)
  const again = await startServer()
  expect(JSON.stringify((await rest(again).get('/swagger/json')).body)).toBe(text)
  await again.stop()
})
