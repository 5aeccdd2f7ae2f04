import { randomId } from '../../crypto/keys.ts'
import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import type { Policy, Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { keepSetting, readSetting, writeSetting } from '../settings.ts'

/** Which community a database has, and which course of its events. Sealed in the settings, so that nobody makes one up. */
export type Incarnation = {
  community: string
  /** Grows when a backup is restored and when an older database was found: what was known before cannot be compared. */
  number: number
  /** Grows with each start of a server. */
  starts: number
}

export const incarnationSetting = 'incarnation'
export const incarnationPlace = 'incarnation'

/** Undefined in a database from before there were anchors, and where somebody has removed or changed it. */
export async function readIncarnation({ sql, policy }: Tools): Promise<Incarnation | undefined> {
  const sealed = await readSetting(sql, incarnationSetting)
  if (sealed === undefined) return undefined
  try {
    return JSON.parse(createMessageCipher(policy.keyring).open(String(sealed), incarnationPlace))
  } catch (error) {
    if (error instanceof Tampered) return undefined
    throw error
  }
}

/** With the current key of the ring. */
export async function writeIncarnation(
  { policy }: { policy: Pick<Policy, 'keyring'> },
  sql: Sql,
  incarnation: Incarnation,
): Promise<void> {
  const sealed = createMessageCipher(policy.keyring).seal(JSON.stringify(incarnation), incarnationPlace)
  await writeSetting(sql, incarnationSetting, sealed)
}

/** Stores it, if no other node that starts on the same new database was faster. Returns what is stored now. */
export async function keepIncarnation(tools: Tools, incarnation: Incarnation): Promise<Incarnation> {
  const sealed = createMessageCipher(tools.policy.keyring).seal(JSON.stringify(incarnation), incarnationPlace)
  await keepSetting(tools.sql, incarnationSetting, sealed)
  const kept = await readIncarnation(tools)
  if (kept) return kept
  // Somebody has changed it.
  await writeIncarnation(tools, tools.sql, incarnation)
  return incarnation
}

/** To be done before an older key is dropped. */
export async function resealIncarnation(tools: Tools): Promise<void> {
  const incarnation = await readIncarnation(tools)
  if (incarnation) await writeIncarnation(tools, tools.sql, incarnation)
}

/** A time, so that it is greater than any that another database or directory knows. */
export const nextNumber = (...known: number[]): number =>
  Math.max(Date.now(), ...known.map((each) => each + 1))

/** The incarnation of a community that has none. */
export const firstIncarnation = (): Incarnation => ({
  community: randomId(),
  number: nextNumber(),
  starts: 0,
})
