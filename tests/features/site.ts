import type { Server } from 'bun'
import { createAddressList, parseAddressRange } from '../../src/config/addresses.ts'
import type { Tools } from '../../src/scope.ts'

type Answer = (request: Request) => Response | Promise<Response>

/** An address of this machine that only the tests of previews allow, so that 127.0.0.1 stays one that nobody may lead to. */
export const siteHost = '127.0.0.2'

/** A site that people link to: its pages by path, and what was asked of it. */
export function startSite(pages: Record<string, Answer> = {}, hostname = siteHost) {
  const asked: { path: string; headers: Headers }[] = []
  const server: Server<undefined> = Bun.serve({
    hostname,
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      asked.push({ path: pathname + search, headers: request.headers })
      const answer = pages[pathname] ?? pages[`/${pathname.split('/')[1]}/`]
      return answer ? await answer(request) : new Response('Nothing', { status: 404 })
    },
  })
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  return {
    pages,
    asked,
    url: (path: string) => `http://${host}:${server.port}${path}`,
    count: (path: string) => asked.filter((each) => each.path === path).length,
    stop: () => server.stop(true),
  }
}

export type Site = ReturnType<typeof startSite>

export const html =
  (head: string, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(`<!doctype html><html><head>${head}</head><body><p>Text</p></body></html>`, {
      headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    })

export const titled = (title: string): Answer => html(`<title>${title}</title>`)

/** For tests only: no setting lets a link lead to an address that is not public. */
export function allowSite(tools: Tools, timeoutMs = 10_000): void {
  tools.policy.previews = {
    allowance: { has: createAddressList([parseAddressRange(`${siteHost}/32`)!]), isEmpty: false },
    timeoutMs,
  }
}
