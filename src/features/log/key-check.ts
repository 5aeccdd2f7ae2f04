import type { Keyring } from '../../crypto/keyring.ts'
import { createMessageCipher, keyIdOf, type MessageCipher, Tampered } from '../../crypto/messages.ts'
import type { Tools } from '../../scope.ts'
import type { Sql, Storage } from '../../storage/storage.ts'
import { keepSetting, listSettings, removeSetting } from '../settings.ts'
import { countSealed } from './sealed.ts'

/*
 * For each key that may have sealed a text, the settings have a word that is sealed with it: so a start knows whether it
 * can open every text, without reading the log.
 */

const name = 'key_check'
const place = 'key check'
const word = 'parley'
const endingMs = 200

type Check = { name: string; sealed: string; key: string }

/** Refuses to start without a key that messages are sealed with, because nobody could read them. */
export async function checkKey({ sql, policy }: Tools): Promise<void> {
  const cipher = createMessageCipher(policy.keyring)
  // If several nodes start on a new database, the first decides which key it has, so all use one name here.
  if ((await listChecks(sql)).length === 0) await keepSetting(sql, name, cipher.seal(word, place))
  const checks = await listChecks(sql)
  const closed = checks.filter((check) => !opens(cipher, check))
  if (closed.length === checks.length) {
    throw new Error(
      'ENCRYPTION_KEY is not the key of this database: its messages could not be read. ' +
        'Set the key that was in use (in DATA_DIR/secrets.json, where the embedded database made it), ' +
        'or add it behind the new one: ENCRYPTION_KEY=new:…,old:…',
    )
  }
  if (closed.length > 0) await forgetUnused(sql, closed)
}

/** For a key that was dropped after a rotation. Counts, because a node that still had it may have sealed more texts with it. */
async function forgetUnused(sql: Sql, checks: Check[]): Promise<void> {
  const counts = await countSealed(sql)
  for (const { name, key } of checks) {
    const count = counts.get(key)
    if (count) {
      throw new Error(
        `ENCRYPTION_KEY lacks the key ${key}, and ${count} texts are sealed with it: they could not be read. ` +
          'Add it behind the current one (ENCRYPTION_KEY=new:…,old:…), and drop it only after: parley keys rotate',
      )
    }
    await removeSetting(sql, name)
  }
}

/** Whether every node that runs can open what this key seals. */
export async function isShared(sql: Storage, id: string): Promise<boolean> {
  if ((await sql.countNodesWithout(id)) === 0) return true
  // A node that ends may have released its mark of the key, and not yet the lock.
  await Bun.sleep(endingMs)
  return (await sql.countNodesWithout(id)) === 0
}

/** For a start: nodes that lack the key would show as damaged what this one writes. */
export async function requireSharedKey(sql: Storage, { current: { id } }: Keyring): Promise<void> {
  if (sql.kind === 'embedded' || (await isShared(sql, id))) return
  throw new Error(
    `Other nodes run without the key ${id}, which comes first in ENCRYPTION_KEY: they could not read what this one writes. ` +
      'Add it behind the current one (ENCRYPTION_KEY=old:…,new:…), start every node again, and then put it first on each of them.',
  )
}

/** Call this before anything is sealed with the current key of this ring. */
export async function introduceKey(sql: Sql, keyring: Keyring): Promise<void> {
  const { id } = keyring.current
  if (await isIntroduced(sql, id)) return
  await keepSetting(sql, `${name}.${id}`, createMessageCipher(keyring).seal(word, place))
}

export async function isIntroduced(sql: Sql, id: string): Promise<boolean> {
  return (await listChecks(sql)).some(({ key }) => key === id)
}

/** Call this when no text is sealed with this key any more, and none can be. */
export async function forgetKey(sql: Sql, id: string): Promise<void> {
  for (const { name, key } of await listChecks(sql)) if (key === id) await removeSetting(sql, name)
}

/** Call this when every text was sealed with the current key of this ring in one go. */
export async function renewChecks(sql: Sql, keyring: Keyring): Promise<void> {
  for (const { name } of await listChecks(sql)) await removeSetting(sql, name)
  await introduceKey(sql, keyring)
}

async function listChecks(sql: Sql): Promise<Check[]> {
  const kept = await listSettings(sql, name)
  return kept.map(({ name, value }) => {
    const sealed = String(value)
    return { name, sealed, key: keyIdOf(sealed) }
  })
}

function opens(cipher: MessageCipher, { sealed }: Check): boolean {
  try {
    return cipher.open(sealed, place) === word
  } catch (error) {
    if (error instanceof Tampered) return false
    throw error
  }
}
