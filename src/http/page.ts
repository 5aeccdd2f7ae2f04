import { Elysia } from 'elysia'
import type { About } from '../protocol/about.ts'
import { ChatError } from '../protocol/errors.ts'
import { prefersJson } from './accept.ts'
import { type Asset, bundle, type HtmlImport } from './page/assets.ts'
import { currentBundle, lastBundle } from './page/while-developing.ts'

/**
 * The web client. We do not use Bun's HTML routes: they cannot send a Content-Security-Policy, and in a compiled file they
 * neither cache nor compress.
 */
export function pageRoutes(page: HtmlImport, development: boolean, about: () => About) {
  const finished = development && !page.files ? undefined : bundle(page)
  // The requests that wait for the bundle get its error. Without a request, nobody handles it yet.
  finished?.catch(() => {})
  const hidden = { detail: { hide: true } }

  return new Elysia({ name: 'page' })
    .get(
      '/',
      async ({ request }) => {
        if (prefersJson(request.headers.get('accept'))) return Response.json(about(), { headers: varying })
        return send((await (finished ?? currentBundle(page.index))).get('index.html')!, request, varying)
      },
      hidden,
    )
    .get(
      '/assets/:file',
      async ({ request, params }) => {
        const asset = (await (finished ?? lastBundle(page.index))).get(params.file)
        if (!asset) throw new ChatError('nothing_here')
        return send(asset, request)
      },
      hidden,
    )
}

/** For caches: the page, as it is or compressed, or JSON. */
const varying = { vary: 'Accept, Accept-Encoding' }
/** Nothing else: a browser asks for a style sheet with another `Accept` than the service worker did when it cached it. */
const varyingAsset = { vary: 'Accept-Encoding' }

function send(
  { body, compressed, type, immutable }: Asset,
  request: Request,
  vary: { vary: string } = varyingAsset,
): Response {
  const accepted = request.headers.get('accept-encoding') ?? ''
  const coding = (['br', 'gzip'] as const).find((each) => compressed[each] && accepts(accepted, each))
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
