import { deriveKey } from '../../crypto/keys.ts'
import { createMessageCipher, headerOf, Tampered } from '../../crypto/messages.ts'
import type { Preview } from '../../protocol/previews.ts'
import { perKeyring, type Tools } from '../../scope.ts'
import { exchangeSealed, listSealed } from './store.ts'

/** What is known about the page of a link, sealed in its row. */
export type Facts = Omit<Preview, 'id' | 'image'> & {
  /** `key`: of the bytes, base64. */
  image?: { width: number; height: number; placeholder?: string; key: string }
}

const made = perKeyring(({ policy: { keyring } }) => ({
  cipher: createMessageCipher(keyring),
  key: deriveKey(keyring.current.key, 'link previews'),
}))

const placeOf = (id: string): string => `link preview|${id}`

/** Under which an address is found: nobody who has only the database can say what people link to. */
export const hashOf = (tools: Tools, url: string): string =>
  new Bun.CryptoHasher('sha256', made(tools).key).update(url).digest('base64url')

export const sealFacts = (tools: Tools, id: string, facts: Facts): string =>
  made(tools).cipher.seal(JSON.stringify(facts), placeOf(id))

/** Undefined where the row is not what was written. */
export function openFacts(tools: Tools, { id, sealed }: { id: string; sealed: string }): Facts | undefined {
  try {
    return JSON.parse(made(tools).cipher.open(sealed, placeOf(id))) as Facts
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    tools.metrics.decryptFailures.add()
    tools.log.warn('what is known about the page of a link does not open', { preview: id })
    return undefined
  }
}

const rowsAtOnce = 500

/**
 * Seals with the current key what another one has sealed. The pages are not found by their addresses any more, whose hashes are of the other
 * key: messages keep their previews, and a new one gets another.
 */
export async function resealPreviews(tools: Tools, signal?: AbortSignal): Promise<void> {
  const header = headerOf(tools.policy.keyring.current)
  for (let after = ''; ; ) {
    signal?.throwIfAborted()
    const rows = await listSealed(tools.sql, after, rowsAtOnce)
    for (const row of rows) {
      if (row.sealed.startsWith(header)) continue
      const facts = openFacts(tools, row)
      if (facts) await exchangeSealed(tools.sql, row, sealFacts(tools, row.id, facts))
    }
    if (rows.length < rowsAtOnce) return
    after = rows.at(-1)!.id
  }
}
