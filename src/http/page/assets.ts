import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { collectFonts } from './fonts.ts'

/**
 * What Bun returns for an HTML import: from source, a path to bundle; in a compiled file, a list of bundled files. `scripts/build.ts`
 * gives each its `name`; Bun itself does not, nor does it minify and split them.
 */
export type HtmlImport = {
  index: string
  files?: { path: string; loader?: string; name?: string; input?: string }[]
}

export type Asset = {
  body: Uint8Array<ArrayBuffer>
  /** Compressed once, at the start. */
  compressed: { br?: Uint8Array<ArrayBuffer>; gzip?: Uint8Array<ArrayBuffer> }
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
const text = /^(text\/|application\/|image\/svg)/

/** All files of the page by name, `index.html` among them. */
export type Assets = ReadonlyMap<string, Asset>

export async function bundle(page: HtmlImport): Promise<Assets> {
  return assetsOf(
    page.files ? await fromCompiled(page) : (await bundleSource(page.index, false)).files,
    false,
  )
}

/** As they are for developers, and the source files that they were made from. */
export async function bundleReadable(index: string): Promise<{ assets: Assets; sources: string[] }> {
  const { files, sources } = await bundleSource(index, true)
  return { assets: await assetsOf(files, true), sources }
}

async function assetsOf(files: Files, development: boolean): Promise<Assets> {
  const assets = new Map(
    [...files].map(([name, body]) => [name, assetOf(name, withPaths(name, body, files))] as const),
  )
  if (!development) await Promise.all([...assets.values()].map(compress))
  return assets
}

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

/** The bundled files by name, as they refer to each other, and the paths of their sources. */
export async function bundleSource(
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

const fromCompiled = async (page: HtmlImport): Promise<Files> =>
  new Map(
    await Promise.all(
      page.files!.map(
        async ({ path, loader, name }) =>
          [name ?? (loader === 'html' ? 'index.html' : nameOf(path)), await Bun.file(path).bytes()] as const,
      ),
    ),
  )

/**
 * Moves references to /assets/. In a compiled file the bundle always refers to the root and ignores publicPath, and the
 * web manifest has the names that its icons have in the source.
 */
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

/** Runs in Bun's threads. Brotli's best takes half a second, so nothing waits for it: gzip is sent until then. */
async function compress(asset: Asset): Promise<void> {
  if (!text.test(asset.type)) return
  const { body, compressed } = asset
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  void promisify(brotliCompress)(body, best).then((packed) => {
    compressed.br = new Uint8Array(packed)
  })
  compressed.gzip = new Uint8Array(await promisify(gzip)(body, { level: 9 }))
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
