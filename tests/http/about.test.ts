import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import { version } from '../../package.json'
import { prefersJson } from '../../src/http/accept.ts'
import { About } from '../../src/protocol/about.ts'
import { serverFor, startServer } from '../support/server.ts'

const chromium =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7'

/** What programs and browsers send, and whether they get JSON. */
const accepts: [string | null, boolean][] = [
  [null, false],
  ['', false],
  ['*/*', false],
  [chromium, false],
  ['text/html', false],
  ['application/json', true],
  ['APPLICATION/JSON', true],
  ['application/json; charset=utf-8', true],
  ['application/*', true],
  ['application/json, text/plain, */*', true],
  ['text/html, application/json', false],
  ['application/json, text/html', false],
  ['application/json, text/html;q=0.9', true],
  ['application/json;q=0.5, text/html;q=0.4', true],
  ['application/json;q=0.5, */*', false],
  ['application/json;q=0.5, text/*', false],
  ['application/json;q=0, */*', false],
  ['application/json;q=0', false],
  ['text/html;q=0, application/json;q=0.1', true],
  ['application/json;q=high', false],
  ['application/json;q=2', false],
  ['application/xml', false],
  ['application/jsonp', false],
  [`${','.repeat(10_000)}application/json`, true],
]

describe('GET /', () => {
  const at = serverFor({}, async () => ({}))
  const get = (accept: string | null, method = 'GET') =>
    fetch(`${at().server.url}/`, { method, headers: accept === null ? {} : { accept } })

  test('is JSON for those who ask for JSON, and the page for all others', async () => {
    for (const [accept, json] of accepts) expect([accept, prefersJson(accept)]).toEqual([accept, json])
    for (const [accept, json] of accepts.filter(([accept]) => accept && accept.length < 1_000)) {
      const response = await get(accept)
      const type = response.headers.get('content-type')
      expect([accept, type?.startsWith(json ? 'application/json' : 'text/html')]).toEqual([accept, true])
      expect(response.headers.get('vary')).toContain('Accept')
      await response.body?.cancel()
    }
  })

  test('says what this is, and where its documents are; each address answers', async () => {
    const body = await (await get('application/json')).json()
    expect([...Value.Errors(About, body)]).toEqual([])
    expect(body).toMatchObject({ name: 'Parley', version, signup: 'open', signup_email: 'optional' })
    for (const path of [body.health, body.docs, body.openapi, body.asyncapi])
      expect([path, (await fetch(at().server.url + path)).status]).toEqual([path, 200])
  })

  test('names no documents that are switched off', async () => {
    const server = await startServer({
      settings: { SWAGGER: 'off', SIGNUP: 'invite', SIGNUP_EMAIL: 'required' },
    })
    const response = await fetch(`${server.url}/`, { headers: { accept: 'application/json' } })
    expect(await response.json()).toEqual({
      name: 'Parley',
      version,
      signup: 'invite',
      signup_email: 'required',
      mail: false,
      health: '/health',
    })
    await server.stop()
  })
})
