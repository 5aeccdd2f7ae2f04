import { createMessageCipher, headerOf, Tampered } from '../../crypto/messages.ts'
import type { File } from '../../protocol/files.ts'
import { perKeyring, type Tools } from '../../scope.ts'
import { exchangeSealed, type FileRow, listFiles } from './store.ts'

/** What is known about a file, sealed in its row: the key of its bytes, and all that its sender would not want to be read. */
export type Facts = Omit<File, 'id'> & {
  /** base64 */
  key: string
  /** SHA-256 of the bytes as they are stored, before they are sealed; hexadecimal. */
  hash: string
}

type Owned = Pick<FileRow, 'id' | 'roomKey' | 'userId'>

/** Bound to the file, its room and its person: in another row it does not open. */
export const placeOfFacts = ({ id, roomKey, userId }: Owned): string =>
  `file|${id}|${roomKey ?? ''}|${userId}`

const cipherOf = perKeyring(({ policy }) => createMessageCipher(policy.keyring))

export const sealFacts = (tools: Tools, row: Owned, facts: Facts): string =>
  cipherOf(tools).seal(JSON.stringify(facts), placeOfFacts(row))

/** Undefined where the row is not what was written. */
export function openFacts(tools: Tools, row: Owned & Pick<FileRow, 'sealed'>): Facts | undefined {
  try {
    return JSON.parse(cipherOf(tools).open(row.sealed, placeOfFacts(row))) as Facts
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    tools.metrics.decryptFailures.add()
    tools.log.warn('what is known about a file does not open', { file: row.id })
    return undefined
  }
}

export function presentFile(id: string, { key: _key, hash: _hash, ...facts }: Facts): File {
  return { id, ...facts }
}

const rowsAtOnce = 500

/** Seals with the current key what another one has sealed. The bytes of files have keys of their own, which stay. */
export async function resealFiles(tools: Tools, signal?: AbortSignal): Promise<void> {
  const header = headerOf(tools.policy.keyring.current)
  for (let after = ''; ; ) {
    signal?.throwIfAborted()
    const rows = await listFiles(tools.sql, after, rowsAtOnce)
    for (const row of rows) {
      if (row.sealed.startsWith(header)) continue
      const facts = openFacts(tools, row)
      if (facts) await exchangeSealed(tools.sql, row.id, row.sealed, sealFacts(tools, row, facts))
    }
    if (rows.length < rowsAtOnce) return
    after = rows.at(-1)!.id
  }
}
