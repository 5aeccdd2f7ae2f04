/**
 * bun run build [--outfile=dist/parley]: one file that needs nothing else, for this machine.
 * bun run build --all [--outdir=dist]: one for each machine of the table below, and SHA256SUMS next to them.
 *
 * Never with --minify or --production: they break Elysia's macros, which read the source of functions.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle, type Coding, compress } from '../src/http/page/assets.ts'

/** Bun downloads the runtime of another platform from the package registry, once. */
const machines = {
  'linux-x64': 'bun-linux-x64',
  'linux-arm64': 'bun-linux-arm64',
  'darwin-arm64': 'bun-darwin-arm64',
  'windows-x64': 'bun-windows-x64',
} as const

const codings: Coding[] = ['br', 'gzip']

const root = new URL('..', import.meta.url).pathname

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    outfile: { type: 'string', default: 'dist/parley' },
    outdir: { type: 'string', default: 'dist' },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'parley-build-'))
try {
  const page = await pageIn(folder)
  if (values.all) await buildAll(page, resolve(root, values.outdir))
  else await build(page, resolve(root, values.outfile))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

async function buildAll(page: Bun.BunPlugin, directory: string): Promise<void> {
  const sums: string[] = []
  for (const [machine, target] of Object.entries(machines)) {
    const name = `parley-${machine}${machine.startsWith('windows') ? '.exe' : ''}`
    await build(page, join(directory, name), target)
    const sum = new Bun.CryptoHasher('sha256').update(await Bun.file(join(directory, name)).bytes())
    sums.push(`${sum.digest('hex')}  ${name}\n`)
  }
  await Bun.write(join(directory, 'SHA256SUMS'), sums.join(''))
}

/** Builds under another name and then renames: a file that is running, or just being copied, does not change. */
async function build(page: Bun.BunPlugin, outfile: string, target?: Bun.Build.CompileTarget): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true })
  const temporary = `${outfile.replace(/\.exe$/, '')}.${process.pid}${outfile.endsWith('.exe') ? '.exe' : ''}`
  try {
    await Bun.build({
      // The compiled file finds the second by this path, see remote-engine.ts.
      entrypoints: ['src/main.ts', 'src/storage/thread.ts'].map((path) => join(root, path)),
      root: join(root, 'src'),
      target: 'bun',
      // Otherwise "development" is compiled in, and the environment at run time has no effect.
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [page],
      compile: {
        outfile: temporary,
        ...(target && { target }),
        // The file must not behave differently depending on its working directory.
        autoloadDotenv: false,
        autoloadBunfig: false,
      },
    })
    renameSync(temporary, outfile)
  } finally {
    rmSync(temporary, { force: true })
  }
}

/**
 * The page as the server itself bundles it from source, with what is compressed of it. What Bun makes of the HTML import here is
 * neither minified nor split, so that the first load took twice as much.
 */
async function pageIn(folder: string): Promise<Bun.BunPlugin> {
  const assets = await bundle({ index: join(root, 'src/web/index.html') })
  await Promise.all([...assets.values()].flatMap((asset) => codings.map((coding) => compress(asset, coding))))
  const imports: string[] = []
  const listed: string[] = []
  async function write(name: string, body: Uint8Array): Promise<string> {
    await Bun.write(join(folder, 'files', name), body)
    const as = `file${imports.length}`
    imports.push(`import ${as} from ${JSON.stringify(`./files/${name}`)} with { type: 'file' }`)
    return as
  }
  for (const [name, asset] of assets) {
    const fields = [`name: ${JSON.stringify(name)}`, `path: ${await write(name, asset.body)}`]
    for (const coding of codings) {
      const body = asset.compressed[coding]
      if (body) fields.push(`${coding}: ${await write(`${name}.${coding}`, body)}`)
    }
    listed.push(`{ ${fields.join(', ')} }`)
  }
  const path = join(folder, 'page.js')
  await Bun.write(
    path,
    `${imports.join('\n')}\nexport default { index: '', files: [${listed.join(', ')}] }\n`,
  )
  return {
    name: 'the page',
    setup: ({ onResolve }) => void onResolve({ filter: /\/web\/index\.html$/ }, () => ({ path })),
  }
}
