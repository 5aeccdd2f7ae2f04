/**
 * bun run build:sdk [--outdir=dist/sdk]: the package of the TypeScript client, for browsers, Node and Bun.
 *
 * One module without dependencies, one folder of types. The types of the protocol are written out (sdk/protocol-types.ts);
 * the others are what tsc declares, a file each: the compiler that we use has no interface to roll them up with.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, relative } from 'node:path'
import { parseArgs } from 'node:util'
import root from '../package.json'
import { protocolTypes } from './sdk/protocol-types.ts'

const repository = join(import.meta.dir, '..')
const entry = 'scripts/sdk/entry'
const importing = /from '([^']+)\.ts'/g

export async function buildSdk(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true })
  await writeModule(outdir)
  await writeTypes(outdir)
  await Bun.write(join(outdir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await Bun.write(join(outdir, 'README.md'), Bun.file(join(repository, 'docs/sdk.md')))
}

const manifest = {
  name: '@parley/sdk',
  version: root.version,
  description: 'The TypeScript client of Parley, a self-hosted chat server. For browsers, Node and Bun.',
  license: root.license,
  type: 'module',
  // `AbortSignal.any` needs this version. WebSocket is built in from 22 on; with older versions pass it in.
  engines: { node: '>=20.3' },
  sideEffects: false,
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './package.json': './package.json',
  },
  types: './index.d.ts',
  files: ['index.js', 'index.d.ts', 'types'],
}

async function writeModule(outdir: string): Promise<void> {
  const { outputs } = await Bun.build({
    entrypoints: [join(repository, `${entry}.ts`)],
    target: 'browser',
    format: 'esm',
    // Keep names, for readable stack traces. A bundler for a page shortens them anyway.
    minify: { syntax: true, whitespace: false, identifiers: false },
  })
  await Bun.write(join(outdir, 'index.js'), outputs[0]!)
}

async function writeTypes(outdir: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'parley-sdk-types-'))
  try {
    await declare(scratch)
    const wanted = new Set<string>()
    const seen = new Set<string>()
    for (const queue = [entry]; queue.length > 0; ) {
      const path = queue.shift()!
      if (seen.has(path)) continue
      seen.add(path)
      const text = await Bun.file(join(scratch, `${path}.d.ts`)).text()
      for (const [, names] of text.matchAll(/\{([^}]*)\} from '[^']*\/protocol\//g))
        for (const [name] of names!.matchAll(/\w+/g)) wanted.add(name)
      const targets = [...text.matchAll(importing)].map(([, target]) =>
        normalize(join(dirname(path), target!)),
      )
      queue.push(...targets.filter((target) => !target.startsWith('src/protocol/')))
      await Bun.write(join(outdir, placeOf(path)), moved(path, text))
    }
    await Bun.write(join(outdir, 'types/protocol.d.ts'), await protocolTypes(wanted))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** The path of a source file's types in the package. */
function placeOf(path: string): string {
  if (path === entry) return 'index.d.ts'
  return path.startsWith('src/protocol/')
    ? 'types/protocol.d.ts'
    : `${path.replace('src/sdk/', 'types/')}.d.ts`
}

function moved(path: string, text: string): string {
  const here = dirname(placeOf(path))
  const imports = text.replace(importing, (_, target: string) => {
    const there = relative(here, placeOf(normalize(join(dirname(path), target)))).replace(/\.d\.ts$/, '.js')
    return `from '${there.startsWith('.') ? there : `./${there}`}'`
  })
  return path === entry ? `/// <reference lib="esnext.disposable" />\n${imports}` : imports
}

async function declare(outDir: string): Promise<void> {
  const project = join(outDir, 'tsconfig.json')
  const compilerOptions = {
    rootDir: repository,
    outDir,
    types: [],
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
  }
  const files = [join(repository, `${entry}.ts`)]
  await Bun.write(
    project,
    JSON.stringify({ extends: join(repository, 'tsconfig.json'), compilerOptions, include: [], files }),
  )
  const tsc = Bun.spawn([join(repository, 'node_modules/.bin/tsc'), '-p', project], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = (await new Response(tsc.stdout).text()) + (await new Response(tsc.stderr).text())
  if ((await tsc.exited) !== 0) throw new Error(`tsc does not accept the SDK:\n${said}`)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { outdir: { type: 'string', default: 'dist/sdk' } } })
  await buildSdk(join(process.cwd(), values.outdir))
}
