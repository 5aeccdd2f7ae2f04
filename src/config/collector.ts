// As values.ts: the message of an error follows the name of the variable, and repeats nothing that can be a secret.

const mostCharacters = 200

export function collectorUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username || url?.password)
    throw new Error('must not contain a user or a password: put them into OTEL_EXPORTER_OTLP_HEADERS.')
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new Error(
      'must be the address of a collector, such as http://127.0.0.1:4318; /v1/traces is added to it.',
    )
  return text
}

export function collectorHeaders(text: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue
    const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=(.*)$/.exec(entry) ?? []
    if (name === undefined || value === undefined || !isDecodable(value))
      throw new Error(
        'must be name=value,name=value with percent-encoded values, such as authorization=Bearer%20….',
      )
    headers[name.toLowerCase()] = decodeURIComponent(value.trim())
  }
  return headers
}

/** Percent-encoded, and without what no header may contain. */
function isDecodable(value: string): boolean {
  try {
    return !/[^\t\x20-\xff]/.test(decodeURIComponent(value))
  } catch {
    return false
  }
}

export function serviceName(text: string): string {
  if (text.length > mostCharacters) throw new Error(`must have at most ${mostCharacters} characters.`)
  return text
}

export function ratio(text: string): number {
  const number = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || number > 1)
    throw new Error(`must be a number from 0 to 1, such as 0.1, not "${text}".`)
  return number
}
