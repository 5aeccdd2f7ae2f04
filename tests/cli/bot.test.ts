import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild } from '../support/child.ts'
import { rest, socketOf } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'

let directory: string
let server: Child | undefined

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-bot-'))
})
afterAll(async () => {
  server?.signal('SIGTERM')
  await server?.exited
  rmSync(directory, { recursive: true, force: true })
})

const place = () => ({ cwd: directory, env: { DATA_DIR: join(directory, 'data') } })
const parley = (...words: string[]) => runCommand(['bot', ...words], place())

test('a bot is made before the server runs and while it does, listed, and shut out', async () => {
  const early = await parley('create', 'weather', '--name', 'The weather', '--scopes', 'read', '--days', '7')
  expect(early.code).toBe(0)
  expect(early.stdout).toMatch(
    /^created bot weather\nmay read until \d{4}-\d\d-\d\d\ntoken: parley_[\w-]{43}\n$/,
  )
  const token = early.stdout.trim().split(' ').at(-1)!

  server = await startChild(place())
  const me = (each: string) => rest(server!, { token: each }).get('/users/me')
  expect((await me(token)).body).toMatchObject({
    username: 'weather',
    display_name: 'The weather',
    bot: true,
  })

  const late = await parley('create', 'builds', '--json')
  const made = JSON.parse(late.stdout)
  expect(made).toMatchObject({ username: 'builds', scopes: ['read', 'write'] })
  const another = JSON.parse((await parley('token', 'builds', '--label', 'Spare', '--json')).stdout)
  expect([(await me(made.token)).status, (await me(another.token)).status]).toEqual([200, 200])

  const { stdout } = await parley('list')
  const lines = stdout.trim().split('\n')
  expect(lines.map((line) => line.split('\t').slice(0, 4))).toEqual([
    ['builds', another.id, 'Spare', 'read,write'],
    ['builds', made.id, 'parley bot', 'read,write'],
    ['weather', expect.any(String), 'parley bot', 'read'],
  ])

  const socket = await socketOf(server, made)
  expect((await parley('revoke', 'builds', '--token', made.id)).stdout).toBe('revoked 1 token of builds\n')
  expect((await socket.ending()).code).toBe(4501)
  expect([(await me(made.token)).status, (await me(another.token)).status]).toEqual([401, 200])
  expect((await parley('revoke', 'builds')).stdout).toBe('revoked 1 token of builds\n')
  expect((await me(another.token)).status).toBe(401)
  expect(server.said()).not.toMatch(/parley_[\w-]{43}/)
})

test('errors are printed, with exit code 1 for a refusal and 2 for wrong usage', async () => {
  const answers = await Promise.all([
    parley('create', 'weather'),
    parley('create', 'x'),
    parley('create', 'news', '--scopes', 'everything'),
    parley('token', 'nobody'),
    parley('create'),
    parley('create', 'news', '--scope', 'read'),
  ])
  expect(answers.map(({ code }) => code)).toEqual([1, 1, 1, 1, 2, 2])
  for (const { stdout, stderr } of answers) expect([stdout, stderr.length > 20]).toEqual(['', true])
  expect((await parley('list')).stdout).not.toContain('news')
})
