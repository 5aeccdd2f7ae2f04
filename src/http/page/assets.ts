import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { collectFonts } from './fonts.ts'

/** What Bun returns for an HTML import: from source, a path to bundle; in a compiled file, what `scripts/build.ts` made of it. */
export type HtmlImport = {
  index: string
  files?: ({ name: string; path: string } & { [C in Coding]?: string })[]
}

export type Coding = 'br' | 'gzip'

export type Asset = {
  body: Uint8Array<ArrayBuffer>
  compressed: { [C in Coding]?: Uint8Array<ArrayBuffer> }
  type: string
  /** Browsers can cache it permanently. */
  immutable: boolean
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
}

/** A bundled file has a hash of its content in its name, so it never changes. */
const hashed = /-[a-z0-9]{8}(\.[a-z0-9]+)$/
const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
const text = /^(text\/|application\/|image\/svg)/

/** All files of the page by name, `index.html` among them. */
export type Assets = ReadonlyMap<string, Asset>

export const bundle = async (page: HtmlImport): Promise<Assets> =>
  page.files ? fromCompiled(page.files) : assetsOf((await bundleSource(page.index, false)).files)

/** As they are for developers, and the source files that they were made from. */
export async function bundleReadable(index: string): Promise<{ assets: Assets; sources: string[] }> {
  const { files, sources } = await bundleSource(index, true)
  return { assets: assetsOf(files), sources }
}

const assetsOf = (files: Files): Assets =>
  new Map([...files].map(([name, body]) => [name, assetOf(name, withPaths(name, body, files))]))

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

/** The bundled files by name, as they refer to each other, and the paths of their sources. */
async function bundleSource(
  index: string,
  development: boolean,
): Promise<{ files: Files; sources: string[] }> {
  const { plugin, fonts } = collectFonts()
  const result = await Bun.build({
    entrypoints: [index],
    minify: !development,
    target: 'browser',
    // What `import()` names is loaded when it is needed.
    splitting: true,
    publicPath: '/',
    naming: { entry: '[name].[ext]', chunk: '[name]-[hash].[ext]', asset: '[name]-[hash].[ext]' },
    define: { 'process.env.NODE_ENV': JSON.stringify(development ? 'development' : 'production') },
    metafile: true,
    plugins: [plugin],
  })
  const outputs = await Promise.all(
    result.outputs.map(
      async (output) => [nameOf(output.path), new Uint8Array(await output.arrayBuffer())] as const,
    ),
  )
  const files = new Map([...outputs, ...fonts])
  return { files, sources: Object.keys(result.metafile!.inputs).map((path) => resolve(path)) }
}

async function fromCompiled(files: NonNullable<HtmlImport['files']>): Promise<Assets> {
  const read = async (path: string) => Bun.file(path).bytes()
  return new Map(
    await Promise.all(
      files.map(async ({ name, path, br, gzip }) => {
        const asset = assetOf(name, await read(path))
        if (br) asset.compressed.br = await read(br)
        if (gzip) asset.compressed.gzip = await read(gzip)
        return [name, asset] as const
      }),
    ),
  )
}

/** Moves references to /assets/. The web manifest has the names that its icons have in the source. */
function withPaths(name: string, body: Uint8Array<ArrayBuffer>, files: Files): Uint8Array<ArrayBuffer> {
  if (!/\.(html|js|webmanifest)$/.test(name)) return body
  let content = new TextDecoder().decode(body)
  for (const other of files.keys()) {
    content = content.replaceAll(`"/${other}"`, `"/assets/${other}"`)
    if (name.endsWith('.webmanifest'))
      content = content.replaceAll(`"${other.replace(hashed, '$1')}"`, `"/assets/${other}"`)
  }
  return new TextEncoder().encode(content)
}

const assetOf = (name: string, body: Uint8Array<ArrayBuffer>): Asset => ({
  body,
  compressed: {},
  type: types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
  immutable: hashed.test(name),
})

const packers: Record<Coding, (body: Uint8Array) => Promise<Uint8Array>> = {
  br: (body) => promisify(brotliCompress)(body, best),
  gzip: (body) => promisify(gzip)(body, { level: 9 }),
}

/** Runs in Bun's threads. */
export async function compress({ body, compressed, type }: Asset, coding: Coding): Promise<void> {
  if (text.test(type)) compressed[coding] = new Uint8Array(await packers[coding](body))
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
