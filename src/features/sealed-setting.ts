import { createMessageCipher, headerOf, Tampered } from '../crypto/messages.ts'
import { perServer, type Tools } from '../scope.ts'
import { keepSetting, readSetting, writeSetting } from './settings.ts'

/*
 * A secret of the community that is made once and must stay the same. It is kept in the database, sealed with the key ring: all nodes share
 * it. `secrets.ts` lists each, so that a backup has it and a rotation seals it again.
 */

export type SealedSetting<Secret> = {
  name: string
  /** What the seal is bound to. */
  place: string
  /** The secret; the first who asks makes it. */
  load(tools: Tools): Promise<Secret>
  /** The secret, if somebody has made it. */
  find(tools: Tools): Promise<Secret | undefined>
  /** With the current key of the ring: at a start, and before a rotation drops the older ones. */
  reseal(tools: Tools): Promise<void>
}

export function sealedSetting<Secret>(
  name: string,
  place: string,
  make: () => Secret,
): SealedSetting<Secret> {
  const held = perServer(() => ({ secret: undefined as Promise<Secret> | undefined }))

  const open = ({ policy }: Tools, sealed: unknown): Secret =>
    JSON.parse(createMessageCipher(policy.keyring).open(String(sealed), place)) as Secret

  async function keep(tools: Tools): Promise<Secret> {
    const { sql, policy } = tools
    const stored = await readSetting(sql, name)
    if (stored !== undefined) return open(tools, stored)
    // If several nodes do this at the same time, the first decides.
    const sealed = createMessageCipher(policy.keyring).seal(JSON.stringify(make()), place)
    return open(tools, await keepSetting(sql, name, sealed))
  }

  function load(tools: Tools): Promise<Secret> {
    const kept = held(tools)
    kept.secret ??= keep(tools).catch((error) => {
      kept.secret = undefined
      throw error
    })
    return kept.secret
  }

  return {
    name,
    place,
    load,
    async find(tools) {
      if (held(tools).secret === undefined && (await readSetting(tools.sql, name)) === undefined)
        return undefined
      return load(tools)
    },
    async reseal({ sql, policy }) {
      const sealed = await readSetting(sql, name)
      if (sealed === undefined || String(sealed).startsWith(headerOf(policy.keyring.current))) return
      const cipher = createMessageCipher(policy.keyring)
      try {
        await writeSetting(sql, name, cipher.seal(cipher.open(String(sealed), place), place))
      } catch (error) {
        if (!(error instanceof Tampered)) throw error
      }
    },
  }
}
