import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { currentBundle, lastBundle } from '../../src/http/page/while-developing.ts'

let directory: string
let index: string
const past = new Date(Date.now() - 60_000)

/** As if it had been saved `later` seconds after the first. */
async function save(name: string, text: string, later = 0): Promise<void> {
  await writeFile(join(directory, name), text)
  const at = new Date(past.getTime() + later * 1000)
  await utimes(join(directory, name), at, at)
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-page-'))
  index = join(directory, 'index.html')
  await save('index.html', '<!doctype html><script type="module" src="./main.ts"></script>')
  await save('main.ts', "import { word } from './word.ts'\nconsole.log(word)\n")
  await save('word.ts', "export const word = 'first'\n")
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const scripts = async () =>
  [...(await currentBundle(index))].flatMap(([name, { body }]) =>
    name.endsWith('.js') ? [new TextDecoder().decode(body)] : [],
  )

test('is bundled once, and again for the next load after a source has changed', async () => {
  const [one, other] = await Promise.all([currentBundle(index), currentBundle(index)])
  expect(one.size).toBe(2)
  expect(other).toBe(one)
  expect(await currentBundle(index)).toBe(one)
  expect((await scripts()).join()).toContain('first')
  await save('word.ts', "export const word = 'second'\n", 10)
  expect(await lastBundle(index)).toBe(one)
  expect((await scripts()).join()).toContain('second')
  expect(await lastBundle(index)).not.toBe(one)
})

test('of a source that is broken, the load fails, until it is mended', async () => {
  await save('word.ts', 'export const word = (', 20)
  await expect(currentBundle(index)).rejects.toThrow()
  await save('word.ts', "export const word = 'third'\n", 20)
  expect((await scripts()).join()).toContain('third')
})

test('what is saved while it is bundled is in the page of the next load', async () => {
  const tomorrow = new Date(Date.now() + 86_400_000)
  await writeFile(join(directory, 'word.ts'), "export const word = 'fourth'\n")
  await utimes(join(directory, 'word.ts'), tomorrow, tomorrow)
  const found = await currentBundle(index)
  expect(await currentBundle(index)).not.toBe(found)
})
