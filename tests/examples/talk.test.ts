import { describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/bench/free-port.ts'
import { passwordOf, post, signUp } from '../support/cast.ts'
import { repository } from '../support/child.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { onBothDatabases, startServer } from '../support/server.ts'

// A Python of one's own may come first in PATH, without the package of Debian.
const python = ['python3', '/usr/bin/python3'].find(
  (each) => Bun.which(each) && Bun.spawnSync([each, '-c', 'import websockets']).exitCode === 0,
)
if (!python)
  console.error(
    '\n!!! NO PYTHON WITH websockets HERE: examples/talk.py was NOT RUN. Install python3-websockets. !!!\n',
  )

/** examples/talk.py as a process of its own; its file is in `place`. */
function startTalk(url: string, place: string, user: string, password = passwordOf(user)) {
  const child = Bun.spawn([python!, join(repository, 'examples/talk.py'), user, 'general'], {
    cwd: place,
    env: {
      PATH: process.env.PATH ?? '',
      PYTHONIOENCODING: 'utf-8',
      PARLEY_URL: url,
      PARLEY_PASSWORD: password,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let printed = ''
  let complained = ''
  const hear = async (stream: ReadableStream<Uint8Array>, add: (text: string) => void) => {
    const decoder = new TextDecoder()
    for await (const bytes of stream) add(decoder.decode(bytes, { stream: true }))
  }
  const heard = Promise.all([
    hear(child.stdout, (text) => {
      printed += text
    }),
    hear(child.stderr, (text) => {
      complained += text
    }),
  ])
  return {
    lines: () => printed.split('\n').filter((line) => line !== ''),
    complained: () => complained,
    isRunning: () => child.exitCode === null,
    say(line: string) {
      child.stdin.write(`${line}\n`)
      child.stdin.flush()
    },
    async ends() {
      child.stdin.end()
      await heard
      return child.exited
    },
    async kill() {
      child.kill('SIGKILL')
      await heard
    },
  }
}

test('the example in Python has at most 60 lines', () => {
  const source = readFileSync(join(repository, 'examples/talk.py'), 'utf8')
  expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(60)
})

// CI installs it: there, a missing one is a failure.
describe.skipIf(!python && process.env.CI === undefined)('examples/talk.py', async () => {
  await onBothDatabases((database) => {
    test('signs up, talks, and misses and repeats nothing while the server or itself is away', async () => {
      const place = mkdtempSync(join(tmpdir(), 'parley-talk-'))
      const server = await startServer({ database, settings: { PORT: String(await freePort()) } })
      const ben = await signUp(server, 'ben')
      await rest(server, ben).put('/rooms/general/members/me', {})
      const said = async () => {
        const { items } = (await rest(server, ben).get('/rooms/general/messages?limit=100')).body
        return (items as { author: Person; content: string }[]).map(
          ({ author, content }) => `${author.username}: ${content}`,
        )
      }
      const has = (talk: ReturnType<typeof startTalk>, line: string) =>
        waitFor(line, () => {
          if (!talk.isRunning()) throw new Error(`It ended: ${talk.complained()}`)
          return talk.lines().includes(line)
        })
      try {
        const first = startTalk(server.url, place, 'snake')
        first.say('Hello from Python 🐍')
        await has(first, 'snake: Hello from Python 🐍')
        await post(server, ben, 'general', 'Hello, Python')
        await has(first, 'ben: Hello, Python')

        // Written while the server is away; Ben writes before Python is back.
        await server.restart({}, async () => first.say('Are you there?'))
        await post(server, ben, 'general', 'Just restarted')
        await has(first, 'snake: Are you there?')
        await has(first, 'ben: Just restarted')
        expect(first.lines()).toEqual(await said())

        // Killed, and more said than one page of a replay has.
        await first.kill()
        const before = (await said()).length
        for (let n = 1; n <= 30; n++) await post(server, ben, 'general', `While you slept ${n}`)
        const second = startTalk(server.url, place, 'snake')
        second.say('Good morning')
        await has(second, 'snake: Good morning')
        await has(second, 'ben: While you slept 30')
        expect(second.lines()).toEqual((await said()).slice(before))
        expect([await second.ends(), second.complained()]).toEqual([0, ''])

        // The account is there, and the password is another one.
        const stranger = startTalk(server.url, place, 'snake', 'not the password of snake')
        expect(await stranger.ends()).not.toBe(0)
        expect(stranger.lines()).toEqual([])
      } finally {
        await server.stop()
        rmSync(place, { recursive: true, force: true })
      }
    })
  })
})
