import { Elysia } from 'elysia'
import { ChatError } from '../protocol/errors.ts'
import { type Asset, bundle, type HtmlImport } from './page/assets.ts'

/**
 * Serves the web client. Bun's HTML routes have no Content-Security-Policy and, in a compiled file, neither caching nor
 * compression. In development, each load bundles the page again.
 */
export function pageRoutes(page: HtmlImport, development: boolean) {
  const changes = development && !page.files
  let bundled = changes ? undefined : bundle(page, development)
  // The first request gets the error. Without a handler here, a rejection before that would end the process.
  bundled?.catch(() => {})
  const hidden = { detail: { hide: true } }

  return new Elysia({ name: 'page' })
    .get(
      '/',
      async ({ request }) => {
        if (changes) bundled = bundle(page, development)
        return answer((await bundled!).get('index.html')!, request)
      },
      hidden,
    )
    .get(
      '/assets/:file',
      async ({ request, params }) => {
        bundled ??= bundle(page, development)
        const asset = (await bundled).get(params.file)
        if (!asset) throw new ChatError('nothing_here')
        return answer(asset, request)
      },
      hidden,
    )
}

function answer({ body, coded, type, forever }: Asset, request: Request): Response {
  const accepted = request.headers.get('accept-encoding') ?? ''
  const coding = (['br', 'gzip'] as const).find((each) => coded[each] && accepts(accepted, each))
  return new Response(coding ? coded[coding]! : body, {
    headers: {
      'content-type': type,
      'cache-control': forever ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
      ...(coding ? { 'content-encoding': coding } : {}),
      // The worker is one of the assets, but its scope is the whole page.
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
