/** Epoch milliseconds at which an access token expires: from `expires_in`, or else from the token itself. */
export function expiryOf(token: string, expiresInSeconds?: number, nowMs = Date.now()): number | undefined {
  if (expiresInSeconds !== undefined) return nowMs + expiresInSeconds * 1000
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')
    const claims = JSON.parse(atob(payload)) as { exp?: unknown }
    return typeof claims.exp === 'number' ? claims.exp * 1000 : undefined
  } catch {
    return undefined
  }
}
