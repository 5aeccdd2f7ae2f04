import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ChatError } from '../../src/protocol/errors.ts'
import { failures } from '../../src/sdk/errors.ts'
import { layWire } from '../sdk/wire.ts'
import { type Cast, cast, logIn, makeRoom, post } from '../support/cast.ts'
import { fromSource, repository } from '../support/child.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let people: Cast
let wire: Awaited<ReturnType<typeof layWire>>
let isDown = false
const running: ReturnType<typeof pipe>[] = []

beforeAll(async () => {
  server = await startServer()
  people = await cast(server)
  wire = await layWire(() => (isDown ? 1 : server.port))
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  wire.stop()
  wire.cut()
  await server.stop()
})

/** `… | parley chat <words>`; without a person nobody is logged in. */
function pipe(person: Person | undefined, words: string[], text: string | 'open' | 'none') {
  const child = Bun.spawn([...fromSource, 'chat', '--url', wire.url, ...words], {
    cwd: repository,
    env: {
      PATH: process.env.PATH ?? '',
      XDG_CONFIG_HOME: '/nowhere',
      ...(person ? { PARLEY_TOKEN: person.token } : {}),
    },
    stdin: text === 'open' ? 'pipe' : text === 'none' ? 'ignore' : new Blob([text]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const output = { stdout: '', stderr: '' }
  const read = async (stream: ReadableStream<Uint8Array>, name: keyof typeof output) => {
    const decoder = new TextDecoder()
    for await (const bytes of stream) output[name] += decoder.decode(bytes, { stream: true })
  }
  const heard = Promise.all([read(child.stdout, 'stdout'), read(child.stderr, 'stderr')])
  return {
    ...child,
    output,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    input: child.stdin as import('bun').FileSink,
    lines: () => output.stdout.split('\n').filter(Boolean),
    exited: child.exited.then(async (code) => {
      await heard
      return code
    }),
  }
}
function start(...args: Parameters<typeof pipe>) {
  const child = pipe(...args)
  running.push(child)
  return child
}

async function contentsOf(person: Person, room: string): Promise<string[]> {
  const { items } = (await rest(server, person).get(`/rooms/${room}/messages?limit=100`)).body
  return items.map(({ content }: { content: string }) => content)
}
/** A follower says nothing when it is ready: it is once a message reaches it. */
async function ready(child: ReturnType<typeof pipe>, person: Person, room: string): Promise<void> {
  await waitFor('the follower', async () => {
    await post(server, person, room, 'are you there?')
    return child.output.stdout.includes('are you there?')
  })
}

describe('input piped into parley chat', () => {
  test('becomes one message per line, in order, also in a room that you have not joined yet', async () => {
    const { dan, ben } = people
    const room = await makeRoom(server, ben)
    const texts = Array.from({ length: 60 }, (_, n) => `line ${n} 日本`)
    const child = start(dan, ['--room', room], `${texts.join('\n')}\n\n`)
    expect(await child.exited).toBe(0)
    expect(child.output).toEqual({ stdout: '', stderr: '' })
    expect(await contentsOf(ben, room)).toEqual(texts)
  })

  test('reports each refused line, and sends the rest', async () => {
    const { ben } = people
    const room = await makeRoom(server, ben)
    const child = start(ben, ['--room', room], `fine\n${'x'.repeat(8001)}\nalso fine\n`)
    expect(await child.exited).toBe(1)
    expect(child.output.stderr.trim().split('\n')).toHaveLength(1)
    const { message } = new ChatError('too_long', { max: 8000 })
    expect(child.output.stderr).toMatch(/^parley: not sent: xxxxx/)
    expect(child.output.stderr).toEndWith(`: ${message}\n`)
    expect(await contentsOf(ben, room)).toEqual(['fine', 'also fine'])
  })

  test('needs a room and a session, and says what is missing', async () => {
    const where = start(people.ben, [], 'hi\n')
    const who = start(undefined, ['--room', 'general'], 'hi\n')
    const wrong = start({ ...people.ben, token: 'wrong' }, ['--room', 'general'], 'hi\n')
    const closed = await makeRoom(server, people.ben, [], { access: 'closed' })
    const refused = start(people.dan, ['--room', closed], 'hi\n')
    expect(await Promise.all([where, who, wrong, refused].map(({ exited }) => exited))).toEqual([2, 2, 1, 1])
    expect(where.output.stderr).toContain('--room <id>')
    expect(who.output.stderr).toContain('PARLEY_TOKEN')
    expect(wrong.output.stderr).toBe(`parley: ${failures.token_expired.message}\n`)
    expect(refused.output.stderr).toMatch(/^parley: .+/)
  })

  test('does not wait for a server that is not there', async () => {
    const child = start(people.ben, ['--room', 'general', '--url', 'http://127.0.0.1:1'], 'hi\n')
    expect(await child.exited).toBe(1)
    expect(child.output.stderr).toBe(`parley: ${failures.unreachable.message}\n`)
  })
})

describe('parley chat --follow', () => {
  test('prints one line per message, whatever is in it', async () => {
    const { ben, cleo } = people
    const room = await makeRoom(server, ben, [cleo])
    const child = start(ben, ['--follow', '--room', room], 'none')
    await ready(child, cleo, room)
    await post(server, cleo, room, 'two\nlines \x1b]0;owned\x07')
    await waitFor('the line', () => child.output.stdout.includes('two'))
    expect(child.lines().at(-1)).toBe('cleo: two ⏎ lines ␛]0;owned␇')
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
  })

  test('with --json prints every event of every room exactly once, even over a restart, and sends its input', async () => {
    const { ben, cleo } = people
    const [room, other] = [await makeRoom(server, ben, [cleo]), await makeRoom(server, ben, [cleo])]
    const everywhere = start(ben, ['--follow', '--json'], 'none')
    const child = start(ben, ['--follow', '--json', '--room', room], 'open')
    await ready(child, cleo, room)
    await ready(everywhere, cleo, other)
    child.input.write('mine before\n')
    child.input.flush()
    await waitFor('my own', () => child.output.stdout.includes('mine before'))
    isDown = true
    await server.restart()
    child.input.write('mine meanwhile \x9b1m\n')
    child.input.end()
    isDown = false
    const again = await logIn(server, 'cleo')
    for (let n = 0; n < 5; n++) await post(server, again, room, `after ${n}`)
    await post(server, again, other, 'elsewhere')

    const isDurable = (line: string) => /"seq":/.test(line) && !/"mention.created"/.test(line)
    const events = () =>
      child
        .lines()
        .filter(isDurable)
        .map((line) => JSON.parse(line))
    await waitFor('everything', () =>
      ['after 4', 'meanwhile'].every((text) => child.output.stdout.includes(text)),
    )
    await waitFor('elsewhere', () => everywhere.output.stdout.includes('elsewhere'))
    const log = (await rest(server, again).get(`/rooms/${room}/log`)).body.items as { seq: number }[]
    const first = events()[0].seq
    await waitFor('all of the log', () => events().length >= log.length - first + 1)
    expect(events().map(({ seq }) => seq)).toEqual(log.slice(first - 1).map(({ seq }) => seq))
    expect(new Set(events().map((event) => event.room))).toEqual(new Set([room]))
    expect(child.output.stdout).toContain('mine meanwhile \\u009b1m')
    for (const each of [child, everywhere]) {
      each.kill('SIGINT')
      expect(await each.exited).toBe(0)
    }
  })

  test('ends quietly when its output is closed', async () => {
    const { ben, cleo } = people
    const room = await makeRoom(server, ben, [cleo])
    const shell = Bun.spawn(
      [
        'bash',
        '-c',
        `set -o pipefail; "$@" </dev/null | head -n 1`,
        'bash',
        ...fromSource,
        'chat',
        '--url',
        server.url,
        '--follow',
        '--room',
        room,
      ],
      {
        cwd: repository,
        env: { PATH: process.env.PATH ?? '', PARLEY_TOKEN: ben.token },
        stdout: 'pipe',
        stderr: 'pipe',
      },
    )
    let over = false
    shell.exited.then(() => (over = true))
    await waitFor('the end', async () => {
      await post(server, cleo, room, 'anybody?')
      return over
    })
    expect(await new Response(shell.stdout).text()).toBe('cleo: anybody?\n')
    expect(await new Response(shell.stderr).text()).toBe('')
    expect(await shell.exited).toBe(0)
  })
})
