import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { operatorRefusals } from '../../src/protocol/operator-refusals.ts'
import { type Refusal, refusals } from '../../src/protocol/refusals.ts'
import { failures } from '../../src/sdk/errors.ts'

const rows: Record<string, Refusal> = { ...refusals, ...operatorRefusals }

/** Named only by a template: `${field}_taken`. */
const composed = ['username_taken', 'email_taken']

async function codeOf(folder: string, without: RegExp): Promise<string> {
  const paths = [...new Bun.Glob('**/*.{ts,tsx}').scanSync(folder)].filter((path) => !without.test(path))
  return (await Promise.all(paths.map((path) => Bun.file(join(folder, path)).text()))).join('\n')
}

test('every reason is given somewhere in the code of the server', async () => {
  const code = await codeOf(join(import.meta.dir, '../../src'), /refusals\.ts$|^(web|sdk|tui)\//)
  const unused = Object.keys(rows).filter(
    (reason) => !composed.includes(reason) && !code.includes(`'${reason}'`),
  )
  expect(unused).toEqual([])
})

test('every failure of the SDK is given somewhere in the SDK', async () => {
  const code = await codeOf(join(import.meta.dir, '../../src'), /^(?!sdk|tui)/)
  expect(Object.keys(failures).filter((reason) => !code.includes(`'${reason}'`))).toEqual([])
})

test('a reason is snake_case, is in one table only, and its message names its params', () => {
  const names = [refusals, operatorRefusals, failures].flatMap(Object.keys)
  expect(new Set(names).size).toBe(names.length)
  for (const [reason, { message, params = {} }] of Object.entries(rows)) {
    const named = [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
    expect([reason, named.sort()]).toEqual([reason, Object.keys(params).sort()])
    expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(message).toMatch(/^[A-Z`].*\S$/s)
  }
})
