import type { Door, Session } from './credentials.ts'
import { fromResponse, isUnauthenticated, RequestError } from './errors.ts'
import { type Abortable, within } from './waiting.ts'

/**
 * One request over HTTP as the session's user. Answers the parsed JSON; `undefined` for 204. Rejects with a
 * `RequestError`, `unreachable` when no answer comes within 15 s.
 */
export type Rest = <Answer = unknown>(
  method: string,
  path: string,
  body?: unknown,
  options?: Abortable,
) => Promise<Answer>

export type RestOptions = Door & {
  session: Session
  timeoutMs?: number
  /** Told after each renewal that a 401 brought about. */
  renewed?: () => void
  /** Told when the session turns out to have ended. */
  ended?: () => void
}

/** Renews the session once on a 401 and asks again. Rejects with a `RequestError`. */
export function createRest({
  url,
  fetch: ask,
  session,
  timeoutMs = 15_000,
  renewed,
  ended,
}: RestOptions): Rest {
  const door: Door = { url, ...(ask ? { fetch: ask } : {}) }

  const once = async (method: string, path: string, body: unknown, signal: AbortSignal | undefined) => {
    const { headers, credentials: mode } = credentials(session)
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await (ask ?? fetch)(url + path, {
      method,
      headers: { ...headers, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: mode,
      signal: within(timeoutMs, signal),
    }).catch(() => {
      signal?.throwIfAborted()
      throw new RequestError('unreachable', 'The server cannot be reached')
    })
    if (!response.ok) throw await fromResponse(response)
    return response.status === 204 ? undefined : response.json()
  }

  const renew = async () => {
    try {
      await session.renew(door)
    } catch (error) {
      if (isUnauthenticated(error)) ended?.()
      throw error
    }
    renewed?.()
  }

  return async <Answer>(method: string, path: string, body?: unknown, { signal }: Abortable = {}) => {
    const token = session.token()
    try {
      return (await once(method, path, body, signal)) as Answer
    } catch (error) {
      if (!isUnauthenticated(error)) throw error
      // Another request may have renewed it while this one was on its way.
      if (token === undefined || token === session.token()) await renew()
      return (await once(method, path, body, signal)) as Answer
    }
  }
}

/** The header of a token session; a cookie session needs the browser's credentials only. */
function credentials(session: Session): {
  headers: Record<string, string>
  credentials: RequestCredentials
} {
  const token = session.token()
  return token === undefined
    ? { headers: {}, credentials: 'include' }
    : { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' }
}
