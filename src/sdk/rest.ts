import type {
  FileRoute,
  RouteBody,
  RouteName,
  RouteParams,
  RouteQuery,
  RouteReply,
} from '../protocol/routes.ts'
import type { Credentials, Endpoint } from './credentials.ts'
import { failure, fromResponse, isUnauthenticated } from './errors.ts'
import { type Abortable, timeoutSignal } from './waiting.ts'

/** Required where the route takes it, optional where it may be left out, not there where there is none. */
type Part<Key extends string, Value> = [Value] extends [undefined]
  ? { [Name in Key]?: never }
  : keyof NonNullable<Value> extends never
    ? { [Name in Key]?: never }
    : undefined extends Value
      ? { [Name in Key]?: Value }
      : { [Name in Key]: Value }

type Query<Fields> = keyof Fields extends never
  ? { query?: never }
  : { query?: { [Name in keyof Fields]?: Fields[Name] | undefined } }

/** What a request sends: the names in its path, its query, its body, as its route takes them. */
export type RestInput<Name extends RouteName> = Abortable &
  Part<'params', RouteParams<Name>> &
  Query<RouteQuery<Name>> &
  Part<'body', RouteBody<Name>>

/**
 * Sends one HTTP request as the session's user. Resolves to the parsed JSON, or `undefined` for 204. Rejects with a
 * `RequestError`: `unreachable` if there is no response within 15 s.
 */
export type Rest = <Name extends RouteName>(
  route: Name,
  ...input: Record<never, never> extends RestInput<Name> ? [RestInput<Name>?] : [RestInput<Name>]
) => Promise<RouteReply<Name>>

/**
 * Sends a request whose response is a file. Resolves when it begins: its `body` is the file, which rejects if the server cuts it. The signal
 * ends it too.
 */
export type Download = <Name extends FileRoute>(route: Name, input: RestInput<Name>) => Promise<Response>

type Input = Abortable & {
  params?: Record<string, string | number>
  query?: Record<string, string | number | undefined>
  body?: unknown
}

type RestOptions = Endpoint & {
  session: Credentials
  timeoutMs?: number
  /** Called after a renewal that a 401 made necessary. */
  renewed?: () => void
  /** Called when the session turns out to have ended. */
  ended?: () => void
}

const isEmpty = ({ status }: Response): boolean => status === 204 || status === 202

/** On a 401 it renews the session and sends the request once more. */
export function createRest({ url, fetch: ask, session, timeoutMs = 15_000, renewed, ended }: RestOptions): {
  rest: Rest
  download: Download
  /** Runs it once more with a renewed session if the first time ends with a 401. */
  again: <Result>(once: () => Promise<Result>) => Promise<Result>
} {
  const endpoint: Endpoint = { url, ...(ask ? { fetch: ask } : {}) }

  const send = async (route: string, { params, query, body, signal }: Input, either: AbortSignal) => {
    const [method, path] = route.split(' ') as [string, string]
    const { headers, credentials: mode } = authOf(session)
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await (ask ?? fetch)(url + fill(path, params) + search(query), {
      method,
      headers: { ...headers, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: mode,
      signal: either,
    }).catch(() => {
      signal?.throwIfAborted()
      throw failure('unreachable')
    })
    if (!response.ok) throw await fromResponse(response)
    return response
  }

  const askForJson = async (route: string, input: Input) => {
    const response = await send(route, input, timeoutSignal(timeoutMs, input.signal))
    return isEmpty(response) ? undefined : response.json()
  }

  /** The time is for the beginning: the file may take as long as it takes. */
  const askForFile = async (route: string, input: Input) => {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), timeoutMs)
    const either = input.signal ? AbortSignal.any([input.signal, late.signal]) : late.signal
    return send(route, input, either).finally(() => clearTimeout(timer))
  }

  const renew = async () => {
    try {
      await session.renew(endpoint)
    } catch (error) {
      if (isUnauthenticated(error)) ended?.()
      throw error
    }
    renewed?.()
  }

  const twice =
    <Result>(once: (route: string, input: Input) => Promise<Result>) =>
    async (route: string, input: Input = {}) => {
      const token = session.token()
      try {
        return await once(route, input)
      } catch (error) {
        if (!isUnauthenticated(error)) throw error
        // Another request may have renewed it in the meantime.
        if (token === undefined || token === session.token()) await renew()
        return await once(route, input)
      }
    }
  // The table says what a route takes and gives; in here, all are alike.
  return {
    rest: twice(askForJson) as Rest,
    download: twice(askForFile) as Download,
    again: (once) => twice(once)(''),
  }
}

const fill = (path: string, params: Input['params'] = {}): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name]!))

export function search(query: Input['query'] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** The header of a token session; a cookie session needs the browser's credentials only. */
export function authOf(session: Credentials): {
  headers: Record<string, string>
  credentials: 'include' | 'omit'
} {
  const token = session.token()
  return token === undefined
    ? { headers: {}, credentials: 'include' }
    : { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' }
}
