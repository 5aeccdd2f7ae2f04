import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'
import { commands } from '../../src/cli/commands.ts'
import { openStorage } from '../../src/storage/open.ts'
import { migratedPlace } from '../seeds/place.ts'
import { type Child, repository, runChild, startChild } from '../support/child.ts'
import { rest } from '../support/client.ts'
import { runCommand, tokensFor } from '../support/command-line.ts'
import { onBothDatabases } from '../support/server.ts'
import { serveHere } from './served.ts'

/** Clears the screen, renames the window, turns the line around and begins a line and columns of its own. */
const evil = (name: string) => `${name}\x1b[2j\x1b]0;pwned\x07\u202e\u2066\u009b31m\u2028\r\nroot\tadmin\x7f`

/** What a terminal obeys, or what ends a line: nothing of it may arrive. Tabs and line breaks are those of the program. */
const obeyed = /(?![\n\t])\p{Cc}|[\p{Bidi_Control}\u2028\u2029]/u

/** Every subcommand that shows what is there, from the table that the program runs; a new one is in it by itself. */
async function listings(): Promise<string[][]> {
  const found: string[][] = [['verify'], ['config'], ['seed'], ['token', 'ada'], ['keys', 'rotate']]
  for (const [name, { load }] of Object.entries(commands)) {
    const command = await load()
    if ('actions' in command && 'list' in command.actions) found.push([name, 'list'])
  }
  return found
}

await onBothDatabases((database) => {
  let place: Awaited<ReturnType<typeof migratedPlace>>
  let server: Child

  beforeAll(async () => {
    place = await migratedPlace(database)
    const first = await serveHere(place)
    const tokens = await tokensFor(['ada', 'ben'], place)
    const [ada, ben] = [tokens.get('ada')!, tokens.get('ben')!].map((token) => rest(first, { token }))
    await runCommand(['user', 'role', 'ada', 'admin'], place)
    for (const id of ['harbour', 'lunch']) await ben!.post('/rooms', { id })
    await ben!.post('/rooms/harbour/messages', { content: evil('a message') })
    await ben!.post('/rooms/harbour/webhooks', { name: 'Builds' })
    await ben!.post('/rooms/harbour/invites', {})
    await ada!.post('/bots', { username: 'echo' })
    await ada!.post('/bots/echo/tokens', { name: 'ci', scopes: ['read'] })
    await ada!.post('/bots', { username: 'mute' })
    await ada!.put('/users/ben/ban')
    await first.stop()
    const { DATA_DIR: dataDir, DATABASE_URL: databaseUrl } = place.env as Record<string, string>
    const storage = await openStorage({ dataDir: dataDir!, ...(databaseUrl && { databaseUrl }) })
    // Rows from before there were rules for names, or from a backup that somebody made: even usernames and ids.
    const set = (table: string, columns: string[], where: string) =>
      storage.query(
        `update ${table} set ${columns.map((column) => `${column} = ${column} || $1`).join()} where ${where}`,
        [evil('')],
      )
    await set('users', ['username', 'display_name'], `username <> 'ada'`)
    await set('users', ['display_name', 'email'], `username = 'ada'`)
    await set('rooms', ['id', 'title', 'description'], 'true')
    await set('tokens', ['name'], 'true')
    await set('sessions', ['user_agent'], 'true')
    // An entry that was changed, so that `verify` has something to list.
    await storage.query(`update log set client_id = 'another' where kind = 1`)
    await storage.close()
    server = await startChild(place)
  })
  afterAll(async () => {
    server.signal('SIGTERM')
    await server.exited
    await place.remove()
  })

  test('no subcommand sends a terminal or a pipe what people have put into names', async () => {
    const shown: Record<string, string> = {}
    for (const words of await listings()) {
      for (const json of [[], ['--json']]) {
        const { stdout, stderr } = await runCommand([...words, ...json], place)
        const said = stdout + stderr
        expect([words, json, obeyed.exec(said)]).toEqual([words, json, null])
        if (json.length > 0) expect(() => JSON.parse(stdout || stderr)).not.toThrow()
        else expect([words, said.split('\n').filter((line) => /^root\b/.test(line))]).toEqual([words, []])
        shown[[...words, ...json].join(' ')] = said
      }
    }
    // A process of its own says the same to a pipe.
    const { stdout } = await runChild(['user', 'list'], place)
    expect(stdout).toBe(shown['user list']!)
    // They were there.
    for (const list of ['user list', 'room list', 'bot list', 'verify'])
      expect([list, shown[list]]).toEqual([list, expect.stringContaining('␛[2j')])
    expect(shown['room list']!.trimEnd().split('\n').length).toBe(6)
    for (const line of shown['room list']!.trimEnd().split('\n')) expect(line.split('\t').length).toBe(5)
    for (const list of ['user list --json', 'room list --json', 'bot list --json'])
      expect([list, JSON.parse(shown[list]!)]).toEqual([list, expect.any(Array)])
    const users = JSON.parse(shown['user list --json']!) as { username: string }[]
    expect(users.map(({ username }) => username)).toContain(evil('ben'))
  })

  test('nor does an error, which repeats what was typed', async () => {
    for (const words of [
      ['user', 'role', evil('x'), 'admin'],
      ['room', 'delete', evil('x'), '--yes'],
      ['token', evil('x')],
      ['user', evil('x')],
      [evil('x')],
      ['restore', evil('x')],
      ['user', 'create', evil('x')],
    ]) {
      for (const json of [[], ['--json']]) {
        const { code, stdout, stderr } = await runCommand([...words, ...json], place)
        expect(code).not.toBe(0)
        expect([words, json, obeyed.exec(stdout + stderr)]).toEqual([words, json, null])
        expect(stderr.split('\n').filter((line) => /^root\b/.test(line))).toEqual([])
      }
    }
  })
})

test('what a subcommand prints goes through print.ts, but for these', async () => {
  const writers: string[] = []
  for (const path of new Glob('src/{cli,operator}/**/*.ts').scanSync(repository)) {
    const source = await Bun.file(join(repository, path)).text()
    if (/process\.std(out|err)\b[^\n]*\.write|\bout\.write|console\.|Bun\.write/.test(source))
      writers.push(path)
  }
  expect(writers.sort()).toEqual([
    'src/cli/announce.ts', // the server's own address, without a word of people
    'src/cli/backup.ts', // the bytes of a backup
    'src/cli/bench.ts', // a report in a file
    'src/cli/chat.ts', // lines of the terminal client, each through `plainLine`
    'src/cli/print.ts',
    'src/cli/progress.ts', // a line that is drawn again, of own words
  ])
})
