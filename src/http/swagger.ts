import { type AnyElysia, Elysia } from 'elysia'
import css from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import script from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import { describeSockets, type SocketFacts } from './asyncapi.ts'
import { describeApi } from './openapi.ts'

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="icon" href=data:,>
<link rel="stylesheet" href="/swagger/ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger/ui.js"></script>
<script src="/swagger/init.js"></script>
</body>
</html>
`

const init = `window.ui = SwaggerUIBundle({
  url: '/swagger/json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
})
`

/** Swagger UI uses inline styles. Scripts come only from our own files. */
const contentSecurityPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The documentation pages. They use only our own files, so they work offline and in the compiled file. */
export function swaggerRoutes(api: AnyElysia, facts: SocketFacts) {
  const { version, publicUrl } = facts
  let sockets: string | undefined
  let document: Promise<string> | undefined
  const describe = async () => {
    document ??= describeApi(api, version, publicUrl).then((described) => JSON.stringify(described))
    return text(await document, 'application/json')
  }
  const hidden = { detail: { hide: true } }
  return (
    new Elysia({ name: 'swagger' })
      .get('/swagger', () => text(page, 'text/html'), hidden)
      // Where people who know other frameworks look first.
      .get('/docs', () => Response.redirect('/swagger', 302), hidden)
      .get('/redoc', () => Response.redirect('/swagger', 302), hidden)
      .get('/swagger/init.js', () => text(init, 'text/javascript'), hidden)
      .get('/swagger/ui.css', () => file(css, 'text/css'), hidden)
      .get('/swagger/ui.js', () => file(script, 'text/javascript'), hidden)
      .get('/swagger/json', describe, hidden)
      .get('/openapi.json', describe, hidden)
      .get(
        '/asyncapi.json',
        () => {
          sockets ??= JSON.stringify(describeSockets(facts))
          return text(sockets, 'application/json')
        },
        hidden,
      )
  )
}

const headersOf = (type: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'content-security-policy': contentSecurityPolicy,
})
const text = (body: string, type: string): Response => new Response(body, { headers: headersOf(type) })
const file = (path: string, type: string): Response =>
  new Response(Bun.file(path), { headers: headersOf(type) })
