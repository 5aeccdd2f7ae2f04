import { Elysia } from 'elysia'
import type { About } from '../protocol/about.ts'
import { ChatError } from '../protocol/errors.ts'
import { prefersJson } from './accept.ts'
import { type Asset, type Assets, bundle, type Coding, compress, type HtmlImport } from './page/assets.ts'
import { currentBundle, lastBundle } from './page/while-developing.ts'

/**
 * The web client. We do not use Bun's HTML routes: they cannot send a Content-Security-Policy, and in a compiled file they
 * neither cache nor compress.
 */
export function pageRoutes(page: HtmlImport, development: boolean, about: () => About) {
  const isReadable = development && !page.files
  let finished: Promise<Assets> | undefined

  /** Not at the start: everybody who comes back then needs the processor. */
  function finish(): Promise<Assets> {
    finished ??= bundle(page).catch((error: unknown) => {
      finished = undefined
      throw error
    })
    return finished
  }

  async function pack(asset: Asset): Promise<Asset> {
    if (!isReadable && !page.files) await compressOnce(asset)
    return asset
  }

  const hidden = { detail: { hide: true } }

  return new Elysia({ name: 'page' })
    .get(
      '/',
      async ({ request }) => {
        if (prefersJson(request.headers.get('accept'))) return Response.json(about(), { headers: varying })
        const assets = await (isReadable ? currentBundle(page.index) : finish())
        return send(await pack(assets.get('index.html')!), request, varying)
      },
      hidden,
    )
    .get(
      '/assets/:file',
      async ({ request, params }) => {
        const assets = await (isReadable ? lastBundle(page.index) : finish())
        const asset = assets.get(params.file)
        if (!asset) throw new ChatError('nothing_here')
        return send(await pack(asset), request)
      },
      hidden,
    )
}

/** For caches: the page, as it is or compressed, or JSON. */
const varying = { vary: 'Accept, Accept-Encoding' }
/** Nothing else: a browser asks for a style sheet with another `Accept` than the service worker did when it cached it. */
const varyingAsset = { vary: 'Accept-Encoding' }

const compressing = new WeakMap<Asset, Promise<void>>()

/** A compiled file has its assets compressed. From source, brotli's best takes so long that nobody waits for it: gzip is sent until then. */
function compressOnce(asset: Asset): Promise<void> {
  const begun = compressing.get(asset)
  if (begun) return begun
  void compress(asset, 'br')
  const gzipped = compress(asset, 'gzip')
  compressing.set(asset, gzipped)
  return gzipped
}

function send(
  { body, compressed, type, immutable }: Asset,
  request: Request,
  vary: { vary: string } = varyingAsset,
): Response {
  const accepted = request.headers.get('accept-encoding') ?? ''
  const coding = (['br', 'gzip'] satisfies Coding[]).find(
    (each) => compressed[each] && accepts(accepted, each),
  )
  return new Response(coding ? compressed[coding]! : body, {
    headers: {
      'content-type': type,
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...vary,
      ...(coding ? { 'content-encoding': coding } : {}),
      // The service worker is under /assets/ but controls the whole page.
      'service-worker-allowed': '/',
    },
  })
}

/** RFC 9110 section 12.5.3; `q=0` is a refusal. */
const accepts = (header: string, coding: string): boolean =>
  header.split(',').some((each) => {
    const [name, ...parameters] = each.split(';').map((part) => part.trim().toLowerCase())
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
