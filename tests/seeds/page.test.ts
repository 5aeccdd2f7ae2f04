import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dir, '../..')
const page = readFileSync(join(root, 'docs/from-the-seeds.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| There'))
  .map((line) => line.slice(2, -2).split(' | '))

/** Each test that a cell names, with its file. */
function testsIn(cell: string): { file: string; title: string }[] {
  let file = ''
  return [...cell.matchAll(/`(tests\/[\w/.-]+\.test\.ts)`|“([^”]+)”/g)].flatMap(([, path, title]) => {
    if (path) file = path
    return title ? [{ file, title }] : []
  })
}

test('every test that docs/from-the-seeds.md names exists under that name', () => {
  for (const { file, title } of rows.flatMap(([, , shown]) => testsIn(shown!))) {
    expect([file, existsSync(join(root, file))]).toEqual([file, true])
    const quoted = `test('${title}'`
    expect([title, readFileSync(join(root, file), 'utf8').includes(quoted)]).toEqual([title, true])
  }
})

test('every row of it names a test, except those that say "not here yet"', () => {
  expect(rows.length).toBeGreaterThan(40)
  for (const [there, here, shown] of rows) {
    const missing = `${here} ${shown}`.includes('not here yet')
    expect([there, testsIn(shown!).length > 0]).toEqual([there, !missing])
  }
})

test('every step of the walks through the seeds is on it', () => {
  for (const seed of ['000', '001', '002', '003', '004']) {
    const source = readFileSync(join(import.meta.dir, `${seed}.test.ts`), 'utf8')
    for (const [, title] of source.matchAll(/^ {2}test\('([^']+)'/gm)) {
      expect([title, page.includes(`“${title}”`)]).toEqual([title, true])
    }
  }
})
