import { expect } from 'bun:test'
import { errorCodes } from '../../src/protocol/codes.ts'
import { bearer, type Person, tryUpgrade } from '../support/client.ts'
import type { TestServer } from '../support/server.ts'
import type { Row } from './table.ts'
import type { Cast } from './world.ts'

/** What came of a request: `ok` or a status, and all that could tell one refusal from another. */
export type Answered = { outcome: string; traces: string }

export type Values = Record<'room' | 'username' | 'seq' | 'id' | 'code', string>

/** One request of a route; sockets are asked for by an upgrade. */
export async function askRoute(
  server: TestServer,
  what: string,
  row: Pick<Row, 'body' | 'query'>,
  values: Record<string, string>,
  person: Pick<Person, 'token'> | undefined,
): Promise<Answered> {
  const [method, pattern] = what.split(' ') as [string, string]
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name]!))
  const headers = person ? bearer(person) : {}
  if (path === '/ws' || path.startsWith('/ws/')) {
    const { status, text } = await tryUpgrade(server, path, headers)
    const traces = text.replace(/^(x-request-id|date|sec-websocket-accept):.*\r\n/gim, '')
    return { outcome: status === 101 ? 'ok' : String(status), traces }
  }
  const form = typeof row.body === 'object' && row.body instanceof URLSearchParams
  const raw = row.body instanceof Blob
  const sends = row.body !== undefined && !form && !raw
  const response = await fetch(server.url + path + (row.query ?? ''), {
    method,
    headers: { ...headers, ...(sends ? { 'content-type': 'application/json' } : {}) },
    ...(row.body === undefined ? {} : { body: bodyOf(row.body) }),
    ...(form ? { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } } : {}),
  })
  const text = await response.text()
  // The walk asks for rooms of all kinds at once, and nobody gets two exports at a time.
  if (text.includes('"export_running"')) return askRoute(server, what, row, values, person)
  if (response.status >= 400) await expectDocumented(server, what, response.status, JSON.parse(text).reason)
  const kept = [...response.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date').sort()
  return {
    outcome: response.status < 400 ? 'ok' : String(response.status),
    traces: JSON.stringify([response.status, kept, text]),
  }
}

function bodyOf(body: object): string | Blob {
  if (body instanceof Blob) return body
  return body instanceof URLSearchParams ? String(body) : JSON.stringify(body)
}

export async function askCommand(
  cast: Cast,
  type: string,
  row: Pick<Row, 'body'>,
  values: Record<string, unknown>,
  person: Person,
): Promise<Answered> {
  const socket = await cast.socket(person)
  const { ref: _, ...answer } = await socket.ask({ type, ...values, ...row.body })
  const code = answer.code as keyof typeof errorCodes
  const outcome = answer.type === 'reply' ? 'ok' : String(errorCodes[code].status)
  return { outcome, traces: JSON.stringify(answer) }
}

type Document = {
  paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>
}
const documents = new Map<string, Promise<Document>>()

/** The OpenAPI document lists every reason for which a request is refused. */
async function expectDocumented({ url }: TestServer, what: string, status: number, reason: string) {
  if (!documents.has(url))
    documents.set(
      url,
      fetch(`${url}/openapi.json`).then((found) => found.json()),
    )
  const { paths } = (await documents.get(url)) as Document
  const [method, pattern] = what.split(' ') as [string, string]
  const operation = paths[pattern.replace(/:(\w+)/g, '{$1}')]![method.toLowerCase()]!
  expect([what, status, operation.responses[status]?.description]).toEqual([
    what,
    status,
    expect.stringContaining(`\`${reason}\``),
  ])
}
