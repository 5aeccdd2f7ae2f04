/**
 * SHA-256 over a key of fixed length and a text, cut to 128 bits. Half of the state is not shown, so nobody can extend it,
 * and the key in front makes it a MAC; HMAC would cost several times as much for every message that is stored.
 */
export function createChain(key: Uint8Array) {
  if (key.length !== 32) throw new Error('The key of a chain has 32 bytes')
  const prefix = `${Buffer.from(key).toString('hex')}|`
  const out = new Uint8Array(32)
  const first = Buffer.from(out.buffer, 0, 16)
  return (text: string): string => {
    Bun.SHA256.hash(prefix + text, out)
    return first.toString('hex')
  }
}

/** The same JSON for the same value, whatever the order of its members: Postgres keeps none. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonicalJson(each)}`)
  return `{${members.join(',')}}`
}
