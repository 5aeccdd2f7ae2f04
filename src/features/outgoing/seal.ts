import { createMessageCipher, headerOf, Tampered } from '../../crypto/messages.ts'
import { perKeyring, type Tools } from '../../scope.ts'
import { exchangeSealed, listSealed } from './store.ts'

/** What nobody who reads the database may know: where to, and the key of the signatures. */
export type Target = { url: string; secret: string }

/** A restore seals it again for the same place. */
export const placeOfTarget = (id: string): string => `outgoing webhook|${id}`

const cipherOf = perKeyring(({ policy }) => createMessageCipher(policy.keyring))

export const sealTarget = (tools: Tools, id: string, target: Target): string =>
  cipherOf(tools).seal(JSON.stringify(target), placeOfTarget(id))

/** Undefined where it does not open: the key is gone, or somebody has changed it. */
export function openTarget(tools: Tools, id: string, sealed: string): Target | undefined {
  try {
    return JSON.parse(cipherOf(tools).open(sealed, placeOfTarget(id))) as Target
  } catch (error) {
    if (error instanceof Tampered) return undefined
    throw error
  }
}

/** Seals with the current key what another one has sealed: at a start, and before a rotation drops the older keys. */
export async function resealTargets(tools: Tools): Promise<void> {
  const header = headerOf(tools.policy.keyring.current)
  for (const { id, sealed } of await listSealed(tools.sql)) {
    if (sealed.startsWith(header)) continue
    const target = openTarget(tools, id, sealed)
    if (target) await exchangeSealed(tools.sql, id, sealed, sealTarget(tools, id, target))
  }
}
