import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { cast } from '../support/cast.ts'
import { repository } from '../support/child.ts'
import { rest } from '../support/client.ts'
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
      'Backup done',
      'From **Discord**\n\n**A title**',
    ])
    await server.stop()
  })
})
