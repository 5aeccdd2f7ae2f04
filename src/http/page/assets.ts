import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** What Bun makes of an HTML import: a path to bundle when run from source, a list of bundled files when compiled. */
export type HtmlImport = { index: string; files?: { path: string; loader: string; input?: string }[] }

export type Asset = {
  body: Uint8Array<ArrayBuffer>
  /** Compressed once, before the first request. */
  coded: { br?: Uint8Array<ArrayBuffer>; gzip?: Uint8Array<ArrayBuffer> }
  type: string
  forever: boolean
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
}

/** Bundled files have a content hash in their name, so browsers may cache them without end. */
const hashed = /-[a-z0-9]{8}(\.[a-z]+)$/
const text = /^(text\/|application\/|image\/svg)/

/** All files of the page by name, `index.html` among them. */
export async function bundle(page: HtmlImport, development: boolean): Promise<ReadonlyMap<string, Asset>> {
  const files = page.files ? await fromCompiled(page) : await fromSource(page.index, development)
  const assets = new Map(
    [...files].map(([name, body]) => [name, assetOf(name, addressed(name, body, files))] as const),
  )
  if (!development) await Promise.all([...assets.values()].map(compress))
  return assets
}

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

async function fromSource(index: string, development: boolean): Promise<Files> {
  const result = await Bun.build({
    entrypoints: [index],
    minify: !development,
    target: 'browser',
    publicPath: '/',
    naming: { entry: '[name].[ext]', chunk: '[name]-[hash].[ext]', asset: '[name]-[hash].[ext]' },
    define: { 'process.env.NODE_ENV': JSON.stringify(development ? 'development' : 'production') },
  })
  return new Map(
    await Promise.all(
      result.outputs.map(
        async (output) => [nameOf(output.path), new Uint8Array(await output.arrayBuffer())] as const,
      ),
    ),
  )
}

const fromCompiled = async (page: HtmlImport): Promise<Files> =>
  new Map(
    await Promise.all(
      page.files!.map(
        async ({ path, loader }) =>
          [loader === 'html' ? 'index.html' : nameOf(path), await Bun.file(path).bytes()] as const,
      ),
    ),
  )

/**
 * Moves the files to /assets/. The bundle in a compiled file always refers to the root and ignores publicPath, and a
 * manifest has the names of its icons in the source.
 */
function addressed(name: string, body: Uint8Array<ArrayBuffer>, files: Files): Uint8Array<ArrayBuffer> {
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
  coded: {},
  type: types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
  forever: hashed.test(name),
})

/** Runs in other threads: brotli's best level takes half a second, and requests must not wait for it. */
async function compress(asset: Asset): Promise<void> {
  if (!text.test(asset.type)) return
  const { body, coded } = asset
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  void promisify(brotliCompress)(body, best).then((packed) => {
    coded.br = new Uint8Array(packed)
  })
  coded.gzip = new Uint8Array(await promisify(gzip)(body, { level: 9 }))
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
