import { expect, test } from 'bun:test'
import { Glob } from 'bun'

const most = 300

test('no file is longer than 300 lines without a reason at its top', async () => {
  const root = new URL('..', import.meta.url).pathname
  const long: string[] = []
  for (const path of new Glob('{src,tests,scripts}/**/*.{ts,tsx,css}').scanSync(root)) {
    const lines = (await Bun.file(root + path).text()).trimEnd().split('\n')
    const reason = lines.slice(0, 3).some((line) => /Longer than 300 lines: \w/.test(line))
    if (lines.length > most && !reason) long.push(`${path}: ${lines.length}`)
  }
  expect(long).toEqual([])
})
