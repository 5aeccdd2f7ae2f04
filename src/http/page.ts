import { Elysia } from 'elysia'
import { ChatError } from '../protocol/errors.ts'

/** What Bun makes of an HTML import: a path to bundle when run from source, a list of bundled files when compiled. */
export type HtmlImport = { index: string; files?: { path: string; loader: string; input?: string }[] }

type Asset = { body: Uint8Array<ArrayBuffer>; gzip: Uint8Array<ArrayBuffer>; type: string; forever: boolean }

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
}

/** Bundled script and style, by file name, with their content hash in it: kept by browsers for ever. */
const hashed = /-[a-z0-9]{8}\.[a-z]+$/

/**
 * The web client. Served by ourselves and not by Bun's HTML routes, which know no Content-Security-Policy and, in a
 * compiled file, neither caching nor compression. In development it is bundled anew at each load.
 */
export function pageRoutes(page: HtmlImport, development: boolean) {
  let bundled: Promise<Map<string, Asset>> | undefined
  const assets = (): Promise<Map<string, Asset>> => {
    bundled ??= page.files ? fromCompiled(page) : fromSource(page.index, development)
    return bundled
  }

  return new Elysia({ name: 'page' })
    .get(
      '/',
      async ({ request }) => {
        if (development && !page.files) bundled = undefined
        return answer((await assets()).get('index.html')!, request)
      },
      { detail: { hide: true } },
    )
    .get(
      '/assets/:file',
      async ({ request, params }) => {
        const asset = (await assets()).get(params.file)
        if (!asset) throw new ChatError('not_found', 'There is nothing at this address.')
        return answer(asset, request)
      },
      { detail: { hide: true } },
    )
}

function answer({ body, gzip, type, forever }: Asset, request: Request): Response {
  const zipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  return new Response(zipped ? gzip : body, {
    headers: {
      'content-type': type,
      'cache-control': forever ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    },
  })
}

async function fromSource(index: string, development: boolean): Promise<Map<string, Asset>> {
  const result = await Bun.build({
    entrypoints: [index],
    minify: !development,
    target: 'browser',
    publicPath: '/assets/',
    naming: { entry: '[name].[ext]', chunk: '[name]-[hash].[ext]', asset: '[name]-[hash].[ext]' },
    define: { 'process.env.NODE_ENV': JSON.stringify(development ? 'development' : 'production') },
  })
  const files = await Promise.all(
    result.outputs.map(
      async (output) =>
        [
          nameOf(output.path),
          assetOf(nameOf(output.path), new Uint8Array(await output.arrayBuffer())),
        ] as const,
    ),
  )
  return new Map(files)
}

async function fromCompiled(page: HtmlImport): Promise<Map<string, Asset>> {
  const encoder = new TextEncoder()
  const names = page.files!.map(({ path, loader }) => (loader === 'html' ? 'index.html' : nameOf(path)))
  const files = await Promise.all(
    page.files!.map(async ({ path }, index) => {
      const name = names[index]!
      if (name !== 'index.html') return [name, assetOf(name, await Bun.file(path).bytes())] as const
      // The bundle in a compiled file always refers to the root, whatever publicPath is asked for.
      const html = names.reduce(
        (text, each) => text.replaceAll(`"/${each}"`, `"/assets/${each}"`),
        await Bun.file(path).text(),
      )
      return [name, assetOf(name, encoder.encode(html))] as const
    }),
  )
  return new Map(files)
}

function assetOf(name: string, body: Uint8Array<ArrayBuffer>): Asset {
  const extension = name.slice(name.lastIndexOf('.') + 1)
  return {
    body,
    gzip: Bun.gzipSync(body, { level: 9 }),
    type: types[extension] ?? 'application/octet-stream',
    forever: hashed.test(name),
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
