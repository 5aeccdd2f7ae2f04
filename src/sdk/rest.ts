import type { Credentials, Endpoint } from './credentials.ts'
import { failure, fromResponse, isUnauthenticated } from './errors.ts'
import { type Abortable, within } from './waiting.ts'

/**
 * Sends one HTTP request as the session's user. Resolves to the parsed JSON, or `undefined` for 204. Rejects with a
 * `RequestError`: `unreachable` if there is no response within 15 s.
 */
export type Rest = <Result = unknown>(
  method: string,
  path: string,
  body?: unknown,
  options?: Abortable,
) => Promise<Result>

export type RestOptions = Endpoint & {
  session: Credentials
  timeoutMs?: number
  /** Called after a renewal that a 401 made necessary. */
  renewed?: () => void
  /** Called when the session turns out to have ended. */
  ended?: () => void
}

/** On a 401 it renews the session and sends the request once more. */
export function createRest({
  url,
  fetch: ask,
  session,
  timeoutMs = 15_000,
  renewed,
  ended,
}: RestOptions): Rest {
  const endpoint: Endpoint = { url, ...(ask ? { fetch: ask } : {}) }

  const once = async (method: string, path: string, body: unknown, signal: AbortSignal | undefined) => {
    const { headers, credentials: mode } = authOf(session)
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await (ask ?? fetch)(url + path, {
      method,
      headers: { ...headers, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: mode,
      signal: within(timeoutMs, signal),
    }).catch(() => {
      signal?.throwIfAborted()
      throw failure('unreachable')
    })
    if (!response.ok) throw await fromResponse(response)
    return response.status === 204 ? undefined : response.json()
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

  return async <Result>(method: string, path: string, body?: unknown, { signal }: Abortable = {}) => {
    const token = session.token()
    try {
      return (await once(method, path, body, signal)) as Result
    } catch (error) {
      if (!isUnauthenticated(error)) throw error
      // Another request may have renewed it in the meantime.
      if (token === undefined || token === session.token()) await renew()
      return (await once(method, path, body, signal)) as Result
    }
  }
}

/** The header of a token session; a cookie session needs the browser's credentials only. */
function authOf(session: Credentials): {
  headers: Record<string, string>
  credentials: RequestCredentials
} {
  const token = session.token()
  return token === undefined
    ? { headers: {}, credentials: 'include' }
    : { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' }
}
