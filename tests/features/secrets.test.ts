import { expect, test } from 'bun:test'
import { Glob } from 'bun'
import { secrets } from '../../src/features/secrets.ts'

/** Seen before: with a secret that was not listed, all that it had sealed was lost after a restore under another key. */
test('every secret that is sealed in the settings is in the list that a rotation and a restore walk through', async () => {
  const folder = new URL('../../src/features/', import.meta.url).pathname
  const made: string[] = []
  for (const path of new Glob('*/**/*.ts').scanSync(folder)) {
    const text = await Bun.file(folder + path).text()
    for (const [, name] of text.matchAll(/= sealedSetting\(\s*'(\w+)'/g)) made.push(name!)
  }
  expect(made.length).toBeGreaterThan(1)
  expect(secrets.map(({ name }) => name).toSorted()).toEqual(made.toSorted())
})
