/**
 * A check that was never seen to fail proves nothing. `bun tests/faults/mutants.ts [name …]` copies the repository,
 * breaks one thing at a time on purpose, and runs the tests that ought to notice. Exit code 1 when one did not.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Mutant, mutants } from './mutant-list.ts'

const repository = join(import.meta.dir, '../..')
const limitMs = 240_000

/** Everything but what is large and not looked at by these tests. */
function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'parley-mutants-'))
  for (const name of ['src', 'tests', 'drizzle', 'package.json', 'tsconfig.json', 'bunfig.toml'])
    cpSync(join(repository, name), join(copy, name), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function apply(copy: string, { name, changes }: Mutant): () => void {
  const before = new Map<string, string>()
  for (const { file, from, to } of changes) {
    const path = join(copy, file)
    const source = readFileSync(path, 'utf8')
    if (!source.includes(from)) throw new Error(`"${name}" does not fit ${file} any more: ${from}`)
    if (!before.has(path)) before.set(path, source)
    writeFileSync(
      path,
      source.replace(from, () => to),
    )
  }
  return () => {
    for (const [path, source] of before) writeFileSync(path, source)
  }
}

async function runTests(copy: string, tests: string[]): Promise<{ red: boolean; failed: string[] }> {
  const run = Bun.spawn([process.execPath, 'test', '--timeout', '30000', ...tests], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  const said = (
    await Promise.all([run.stdout, run.stderr].map((stream) => new Response(stream).text()))
  ).join('')
  const failed = [...said.matchAll(/^\(fail\) (.*?)(?: \[[\d.]+ms\])?$/gm)].map(([, name]) => name!)
  return { red: (await run.exited) !== 0, failed }
}

const wanted = process.argv.slice(2)
const chosen = mutants.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
const copy = copyRepository()
let survivors = 0
try {
  const control = await runTests(copy, [...new Set(chosen.flatMap(({ tests }) => tests))])
  console.log(`${control.red ? 'RED' : 'green'}\tnothing broken\t${control.failed.join(' | ')}`)
  if (control.red) survivors++
  for (const mutant of chosen) {
    const restore = apply(copy, mutant)
    const { red, failed } = await runTests(copy, mutant.tests)
    restore()
    if (!red) survivors++
    const found = failed.length > 0 ? `${failed.length}: ${failed[0]}` : ''
    console.log(`${red ? 'red' : 'SURVIVED'}\t${mutant.name}\t${found}`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(survivors === 0 ? 'Every one was noticed.' : `${survivors} not as it should be.`)
process.exit(survivors === 0 ? 0 : 1)
