import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { repository } from '../support/child.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { patienceMs } from '../support/patience.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'

/** The example as its own process; nothing of our environment reaches it but PATH. */
function startBot(server: { url: string }, token: string, room: string) {
  const child = Bun.spawn([process.execPath, 'examples/bot.ts', room], {
    cwd: repository,
    env: { PATH: process.env.PATH ?? '', PARLEY_URL: server.url, PARLEY_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const hear = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const bytes of stream) said += decoder.decode(bytes, { stream: true })
  }
  const heard = Promise.all([hear(child.stdout), hear(child.stderr)])
  return {
    listens: () => waitFor('a bot that listens', () => said.includes('listens') || child.exitCode !== null),
    said: () => said,
    isRunning: () => child.exitCode === null,
    async kill() {
      child.kill('SIGKILL')
      await Promise.all([child.exited, heard])
    },
  }
}

async function gather(server: TestServer) {
  const { ada, ben } = await cast(server)
  await rest(server, ada).post('/bots', { username: 'echo' })
  const draft = { name: 'The example', scopes: ['read', 'write'] }
  const { token } = (await rest(server, ada).post('/bots/echo/tokens', draft)).body
  return { ada, ben, token: token as string, room: await makeRoom(server, ben) }
}

/** The bot's answers: the seq of each question with what was said to it. */
async function answersIn(server: { url: string }, person: Person, room: string) {
  const { items } = (await rest(server, person).get(`/rooms/${room}/messages?limit=100`)).body
  return (items as { author: Person; reply_to?: number; content: string }[])
    .filter(({ author }) => author.username === 'echo')
    .map(({ reply_to, content }) => [reply_to, content])
}
const seqsOf = (answers: unknown[][]) => answers.map(([seq]) => seq)

test('the example is short', async () => {
  const lines = (await Bun.file(`${repository}/examples/bot.ts`).text()).trim().split('\n')
  expect(lines.length).toBeLessThan(40)
})

await onBothDatabases((database) => {
  test('the example answers commands and its name, and nothing else, itself least of all', async () => {
    const server = await startServer({ database })
    const { ben, token, room } = await gather(server)
    const bot = startBot(server, token, room)
    await bot.listens()
    expect(bot.said()).toBe(`echo listens in ${room}\n`)
    const asked: number[] = []
    for (const content of ['!help', '!roll 1', 'Hello @Echo', '!constructor', 'help', 'email@echo.example']) {
      asked.push(await post(server, ben, room, content))
    }
    // It answers in order: with the last question answered, all are.
    const last = await post(server, ben, room, '!roll 1')
    await waitFor('the last answer', async () => seqsOf(await answersIn(server, ben, room)).includes(last))
    expect(await answersIn(server, ben, room)).toEqual([
      [asked[0], 'I know !help, !roll.'],
      [asked[1], 'It is a 1.'],
      [asked[2], 'At your service. Say !help.'],
      [asked[5], 'At your service. Say !help.'],
      [last, 'It is a 1.'],
    ])
    await bot.kill()
    await server.stop()
  })

  test('the example answers each question once, although the server or the example is restarted', async () => {
    const server = await startServer({ database, settings: { PORT: String(await freePort()) } })
    const { ben, token, room } = await gather(server)
    const asked: number[] = []
    const ask = async () => void asked.push(await post(server, ben, room, '!roll 1000000'))
    /** More patient than others: after a restart the server asks for a pause of up to 5 s, and tries grow rarer. */
    const allAnswered = async () => {
      const deadline = performance.now() + patienceMs
      for (let missing = asked; missing.length > 0; await Bun.sleep(20)) {
        if (performance.now() > deadline)
          throw new Error(`Never answered: ${missing}; it said: ${bot.said()}`)
        const answered = seqsOf(await answersIn(server, ben, room))
        missing = asked.filter((seq) => !answered.includes(seq))
      }
    }
    let bot = startBot(server, token, room)
    await bot.listens()
    await ask()
    await server.restart()
    await ask()
    await allAnswered()
    expect(bot.isRunning()).toBe(true)
    for (let round = 0; round < 4; round++) {
      // Killed in the midst of its answers, and asked more while it is away.
      await Promise.all([ask(), ask(), ask(), Bun.sleep(round * 4).then(bot.kill)])
      await ask()
      bot = startBot(server, token, room)
      await allAnswered()
    }
    await bot.kill()
    const answered = seqsOf(await answersIn(server, ben, room))
    expect(answered.sort((a, b) => Number(a) - Number(b))).toEqual([...asked].sort((a, b) => a - b))
    await server.stop()
  })

  test('the example ends when its token is revoked', async () => {
    const server = await startServer({ database })
    const { ada, token, room } = await gather(server)
    const bot = startBot(server, token, room)
    await bot.listens()
    const [made] = (await rest(server, ada).get('/bots/echo/tokens')).body.items
    await rest(server, ada).delete(`/bots/echo/tokens/${made.id}`)
    await waitFor('its end', () => !bot.isRunning())
    expect(bot.said()).not.toContain(token)
    await bot.kill()
    await server.stop()
  })
})

/** The same for the server before and after a restart. */
async function freePort(): Promise<number> {
  const probe = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = probe
  await probe.stop(true)
  return port!
}
