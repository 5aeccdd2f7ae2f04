import { expect, test } from 'bun:test'
import { commands } from '../../src/protocol/commands.ts'
import { pathParameters, type Route } from '../../src/protocol/route.ts'
import { type RouteBody, type RouteParams, type RouteReply, routes } from '../../src/protocol/routes.ts'
import type { RouteTable } from '../../src/scope.ts'

/** Held by the compiler: `bun run check` fails where a marked line compiles. */
export const wrong = {
  // @ts-expect-error a protected route says what an API token needs
  undecided: { summary: 'No permit' } satisfies Route,
  // @ts-expect-error a public route has no permit: nobody checks it
  both: { summary: 'Both', access: 'public', permit: 'read' } satisfies Route,
  // @ts-expect-error no such scope
  unknown: { summary: 'No such scope', permit: 'wrote' } satisfies Route,
}

export const handlers = {
  // @ts-expect-error the path has no `seq`
  'PUT /rooms/:room/read': ({ params }) => params.seq,
  // @ts-expect-error the reply of the table is a room
  'GET /rooms/:room': () => ({ id: 'general' }),
  // @ts-expect-error anyone may log in: there is no scope
  'POST /auth/login': ({ scope }) => scope,
} satisfies RouteTable

// @ts-expect-error no such route
export const mistyped = { 'GET /room/:room': () => undefined } satisfies RouteTable

test('a row gives its handler and its callers their types', () => {
  const params: RouteParams<'DELETE /rooms/:room/messages/:seq/reactions/:emoji'> = {
    room: 'general',
    seq: 1,
    emoji: '👍',
  }
  const body: RouteBody<'PUT /rooms/:room/read'> = { seq: params.seq }
  const left: RouteBody<'PUT /rooms/:room/members/:username'> = undefined
  const reply: RouteReply<'GET /tokens'> = { items: [] }
  const empty: RouteReply<'DELETE /rooms/:room'> = undefined
  expect([body, left, reply, empty]).toEqual([{ seq: 1 }, undefined, { items: [] }, undefined])
})

test('each name is a method and a path, and each parameter of a path is known', () => {
  for (const name of Object.keys(routes)) {
    expect(name).toMatch(/^(GET|POST|PUT|PATCH|DELETE) (\/:?[a-z-]+)+$/)
    const parameters = [...name.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter!)
    expect(Object.keys(pathParameters)).toEqual(expect.arrayContaining(parameters))
  }
})

test('a query and a body refuse unknown fields', () => {
  const schemas = Object.entries<Route>(routes).flatMap(([name, { query, body, bodyIs }]) =>
    [query, bodyIs === 'text' ? undefined : body].flatMap((schema) =>
      schema ? [[name, schema] as const] : [],
    ),
  )
  const open = schemas.filter(([, schema]) => schema.additionalProperties !== false)
  expect(open.map(([name]) => name)).toEqual([])
})

/** Every schema inside of this one. */
const parts = (schema: unknown, path: string): [string, Record<string, unknown>][] =>
  typeof schema !== 'object' || schema === null
    ? []
    : [
        [path, schema as Record<string, unknown>],
        ...Object.entries(schema).flatMap(([name, part]) => parts(part, `${path}/${name}`)),
      ]

// One that a database cannot store was a 500 (`GET /audit?before=`).
test('a whole number that a client sends has a largest one', () => {
  const sent = [
    ...Object.entries<Route>(routes).flatMap(([name, row]) => [
      ...parts(row.query, name),
      ...parts(row.body, name),
    ]),
    ...parts(commands, 'commands'),
  ]
  const integers = sent.filter(([, { type }]) => type === 'integer')
  expect(integers.length).toBeGreaterThan(20)
  expect(integers.filter(([, { maximum }]) => maximum === undefined).map(([path]) => path)).toEqual([])
})
