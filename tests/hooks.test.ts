import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const hooks = join(import.meta.dir, '../.githooks')
const directory = mkdtempSync(join(tmpdir(), 'parley-hooks-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function git(...words: string[]) {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
  const env = { PATH: process.env.PATH ?? '', HOME: directory }
  return Bun.spawnSync(['git', ...identity, '-c', `core.hooksPath=${hooks}`, ...words], {
    cwd: directory,
    env,
  })
}

let last = 0
function commit(files: number, message: string): boolean {
  for (let n = 0; n < files; n++) writeFileSync(join(directory, `file ${n}`), String(last++))
  git('add', '.')
  return git('commit', '-m', message).exitCode === 0
}

test('a commit of more than three files needs a body', () => {
  git('init', '-q')
  expect(commit(3, 'rooms: Add a topic.')).toBe(true)
  expect(commit(4, 'rooms: Add a topic.')).toBe(false)
  expect(commit(4, 'rooms: Add a topic.\n\n# only a comment\n')).toBe(false)
  expect(commit(4, 'rooms: Add a topic.\n\nA room said what it is called and not what it is for.')).toBe(true)
})
