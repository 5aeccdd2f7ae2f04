import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { protocolDocs } from '../../scripts/protocol-docs.ts'
import { closeCodes } from '../../src/protocol/close.ts'
import { errorCodes } from '../../src/protocol/codes.ts'
import { commands } from '../../src/protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../src/protocol/events.ts'

const written = await Bun.file(join(import.meta.dir, '../../docs/protocol.md')).text()

test('docs/protocol.md is fresh: made from the guide and the schemas as they are now', async () => {
  if (written !== (await protocolDocs())) {
    throw new Error('docs/protocol.md is stale: run `bun run docs`')
  }
})

test('the reference names every command, event, error and close code', () => {
  const reference = written.slice(written.indexOf('\n# Reference'))
  const names = [commands, durableEvents, ephemeralEvents, userEvents, errorCodes].flatMap(Object.keys)
  const codes = Object.values(closeCodes).map(({ code }) => code)
  expect(names.filter((name) => !reference.includes(`\`${name}\``))).toEqual([])
  expect(codes.filter((code) => !reference.includes(`| ${code} |`))).toEqual([])
})

test('every link inside the document leads somewhere', () => {
  const headings = [...written.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = [...written.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link!)
  expect(links.length).toBeGreaterThan(10)
  expect(links.filter((link) => !headings.includes(link))).toEqual([])
})
