import { statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { Glob } from 'bun'
import { repository } from './child.ts'

/** The compiled file of the sources as they are now: dist/parley, built again when any of them is younger. */
export function compiledFile(): string {
  const file = join(repository, 'dist/parley')
  const sources = [
    ...new Glob('{src,drizzle}/**').scanSync(repository),
    'package.json',
    'bun.lock',
    'scripts/build.ts',
  ]
  const youngest = Math.max(...sources.map((path) => changed(join(repository, path))))
  if (changed(file) > youngest) return file
  const began = new Date()
  const build = Bun.spawnSync([process.execPath, 'scripts/build.ts'], { cwd: repository })
  if (build.exitCode !== 0) throw new Error(`The build failed: ${build.stderr.toString()}`)
  // What is changed while it is being made is younger than it.
  utimesSync(file, began, began)
  return file
}

const changed = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
