/** Which pages can use cookies here and call across origins: our own page, and those of a list. */
export function createOrigins(listed: readonly string[], publicUrl: string | undefined) {
  const known = new Set(listed)
  if (publicUrl !== undefined) known.add(new URL(publicUrl).origin)

  /**
   * RFC 6454: scheme, host and port must all be equal. Without PUBLIC_URL we do not know our own origin, and believe Host:
   * then SameSite is what keeps pages of other names away.
   */
  function allows(request: Request): boolean {
    const origin = request.headers.get('origin')
    if (origin === null) return false
    if (known.has(origin)) return true
    if (publicUrl !== undefined) return false
    return origin === `http://${host(request)}` || origin === `https://${host(request)}`
  }

  return { allows, isListed: (origin: string): boolean => known.has(origin) }
}

const host = (request: Request): string | null => request.headers.get('host')
