import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cast, makeRoom, post } from '../support/cast.ts'
import { repository } from '../support/child.ts'
import { rest, waitFor } from '../support/client.ts'
import { onBothDatabases, startServer } from '../support/server.ts'

/*
 * The commands of docs/bots.md, one after the other. `# →` says what the command before it prints; `…` stands for
 * anything. The first token and the first address that are printed are the
 * reader's `$TOKEN` and `$HOOK`.
 */

type Example = { command: string; prints: string | undefined }

const guide = await Bun.file(join(repository, 'docs/bots.md')).text()
const examples = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) => examplesIn(block!))

function examplesIn(block: string): Example[] {
  return block.split('\n\n').map((paragraph) => {
    const [command, prints] = paragraph.trim().split('\n# → ')
    return { command: command!, prints }
  })
}

const asPattern = (prints: string) =>
  new RegExp(`^${prints.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`)

test('the guide has examples, and they promise something', () => {
  expect(examples.length).toBeGreaterThan(9)
  expect(examples.filter(({ prints }) => prints).length).toBeGreaterThan(8)
})

test('the code of the guide takes what an outgoing webhook sends, and nothing else', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'parley-guide-'))
  const [, code] = /^```ts\n([\s\S]*?)^```$/m.exec(guide.slice(guide.indexOf('## An outgoing webhook')))!
  await Bun.write(join(directory, 'guide.ts'), code!)
  const { eventOf } = await import(join(directory, 'guide.ts'))
  const server = await startServer({ database: 'embedded', settings: { OUTGOING_ALLOW: '127.0.0.1/32' } })
  const { ben } = await cast(server)
  const room = await makeRoom(server, ben)
  const requests: Request[] = []
  const receiver = Bun.serve({
    ...{ hostname: '127.0.0.1', port: 0 },
    async fetch(request) {
      const body = await request.text()
      requests.push(new Request(request.url, { method: 'POST', headers: request.headers, body }))
      return new Response('')
    },
  })
  const url = `http://127.0.0.1:${receiver.port}/`
  const { body: hook } = await rest(server, ben).post(`/rooms/${room}/webhooks/out`, { url })
  const seq = await post(server, ben, room, 'Is the harbour open?')
  const request = await waitFor('the event', () => requests[0])
  const copy = (headers: Record<string, string> = {}) =>
    new Request(request.clone(), { headers: { ...Object.fromEntries(request.headers), ...headers } })
  expect(await eventOf(copy(), hook.secret)).toMatchObject({ type: 'message.created', room, seq })
  expect(await eventOf(copy(), `whsec_${btoa('another secret')}`)).toBe(undefined)
  expect(await eventOf(copy({ 'webhook-id': 'msg_other' }), hook.secret)).toBe(undefined)
  expect(await eventOf(copy({ 'webhook-timestamp': '1700000000' }), hook.secret)).toBe(undefined)
  expect(await eventOf(copy({ 'webhook-signature': 'v1,' }), hook.secret)).toBe(undefined)
  receiver.stop(true)
  await server.stop()
  rmSync(directory, { recursive: true })
})

await onBothDatabases((database) => {
  test('every command of the guide does what it says', async () => {
    const server = await startServer({ database })
    const { ada } = await cast(server)
    await rest(server, ada).put('/rooms/general/members/me', {})
    const shell: Record<string, string> = { URL: server.url, ACCESS: ada.token }
    for (const { command, prints } of examples) {
      const child = Bun.spawn(['bash', '-euc', command], {
        env: { PATH: process.env.PATH ?? '', ...shell },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [printed, complaint] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      expect([command, await child.exited, complaint]).toEqual([command, 0, ''])
      if (prints !== undefined) expect(printed).toMatch(asPattern(prints))
      else expect(printed).toBe('')
      const [, token] = /"token":"(.*?)"/.exec(printed) ?? []
      const [, hook] = /"url":"(.*?)"/.exec(printed) ?? []
      // The first, which is the bot's: with it the guide goes on.
      if (token) shell.TOKEN ??= token
      if (hook) shell.HOOK ??= hook
    }
    const { items } = (await rest(server, ada).get('/rooms/general/messages')).body
    expect(items.map(({ content }: { content: string }) => content)).toEqual([
      'Rain until noon.',
      'Build [7](https://ci.example/7) is **green**',
      'Build 8 is red',
      'Build 9 is green',
      'The report',
      'Backup done',
      'From **Discord**\n\n**A title**',
    ])
    await server.stop()
  })
})
