import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { mutants } from './mutant-list.ts'

/*
 * A rename in src once left three mutants with nothing to break, and nobody noticed before the next long run.
 */

const root = join(import.meta.dir, '../..')

test('each mutant finds the text it replaces exactly once', async () => {
  const wrong: string[] = []
  for (const { name, changes } of mutants)
    for (const { file, from } of changes) {
      const times = (await Bun.file(join(root, file)).text()).split(from).length - 1
      if (times !== 1) wrong.push(`"${name}": ${times} times in ${file}: ${from}`)
    }
  expect(wrong).toEqual([])
})
