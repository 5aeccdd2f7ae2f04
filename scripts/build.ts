/**
 * bun run build [--outfile=dist/parley]: one file that needs nothing else, for this machine.
 * bun run build --all [--outdir=dist]: one for each machine of the table below, and SHA256SUMS next to them.
 *
 * Never with --minify or --production: they break Elysia's macros, which read the source of functions.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** Bun downloads the runtime of another platform from the package registry, once. */
const machines = {
  'linux-x64': 'bun-linux-x64',
  'linux-arm64': 'bun-linux-arm64',
  'darwin-arm64': 'bun-darwin-arm64',
  'windows-x64': 'bun-windows-x64',
} as const

const root = new URL('..', import.meta.url).pathname

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    outfile: { type: 'string', default: 'dist/parley' },
    outdir: { type: 'string', default: 'dist' },
  },
})

try {
  if (values.all) await buildAll(resolve(root, values.outdir))
  else await build(resolve(root, values.outfile))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function buildAll(directory: string): Promise<void> {
  const sums: string[] = []
  for (const [machine, target] of Object.entries(machines)) {
    const name = `parley-${machine}${machine.startsWith('windows') ? '.exe' : ''}`
    await build(join(directory, name), target)
    const sum = new Bun.CryptoHasher('sha256').update(await Bun.file(join(directory, name)).bytes())
    sums.push(`${sum.digest('hex')}  ${name}\n`)
  }
  await Bun.write(join(directory, 'SHA256SUMS'), sums.join(''))
}

/** Builds under another name and then renames: a file that is running, or just being copied, does not change. */
async function build(outfile: string, target?: string): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true })
  const temporary = `${outfile.replace(/\.exe$/, '')}.${process.pid}${outfile.endsWith('.exe') ? '.exe' : ''}`
  const bun = Bun.spawn(
    [
      process.execPath,
      'build',
      '--compile',
      ...(target === undefined ? [] : [`--target=${target}`]),
      // Otherwise "development" is compiled in, and the environment at run time has no effect.
      '--define',
      'process.env.NODE_ENV="production"',
      // The file must not behave differently depending on its working directory.
      '--no-compile-autoload-dotenv',
      '--no-compile-autoload-bunfig',
      `--outfile=${temporary}`,
      'src/main.ts',
      // The compiled file finds it by this path, see remote-engine.ts.
      'src/storage/thread.ts',
    ],
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit'] },
  )
  try {
    if ((await bun.exited) !== 0) throw new Error(`Could not build a file for ${target ?? 'this machine'}.`)
    renameSync(temporary, outfile)
  } finally {
    rmSync(temporary, { force: true })
  }
}
