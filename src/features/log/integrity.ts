import { createChain } from '../../crypto/chain.ts'
import {
  createMessageCipher,
  headerOf,
  keyIdOf,
  type MessageCipher,
  Tampered,
} from '../../crypto/messages.ts'
import { perServer, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { keepSetting, readSetting, writeSetting } from '../settings.ts'
import { reportBreak } from './breaks.ts'
import type { Tip } from './entry.ts'
import { type Facts, writeFacts } from './facts.ts'

/*
 * Each entry has a link: a MAC over what the entry says and over the link of the entry before it. The key is random, of
 * its own, and sealed in the settings, so a rotation of the encryption keys leaves every link as it is.
 */

export const integritySetting = 'integrity'
export const integrityPlace = 'integrity key'

type Content = { key: string; linked: boolean }

type State = Content & {
  sealed: string
  /** Whether the database says too that everything is linked. */
  linkedStored: boolean
  chain: (text: string) => string
}

const states = perServer(() => ({ current: undefined as State | undefined }))

/** Reads the key, or makes it in a community that has none. To be done before anything is appended. */
export async function openIntegrity(tools: Tools): Promise<void> {
  const { sql, policy } = tools
  const cipher = createMessageCipher(policy.keyring)
  let sealed = await readSetting(sql, integritySetting)
  if (sealed === undefined) {
    const key = crypto.getRandomValues(Buffer.alloc(32)).toString('base64')
    const content: Content = { key, linked: !(await hasEntries(sql)) }
    await dropLinks(tools)
    // If several nodes start on a new database, the first decides.
    sealed = await keepSetting(sql, integritySetting, cipher.seal(JSON.stringify(content), integrityPlace))
  }
  const { key, linked } = openContent(cipher, String(sealed))
  states(tools).current = {
    key,
    linked,
    sealed: String(sealed),
    linkedStored: linked,
    chain: createChain(Buffer.from(key, 'base64')),
  }
}

function openContent(cipher: MessageCipher, sealed: string): Content {
  try {
    return JSON.parse(cipher.open(sealed, integrityPlace)) as Content
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    throw new Error(
      `The setting "${integritySetting}" in the database does not open: ENCRYPTION_KEY lacks the key ` +
        `${keyIdOf(sealed)}, or somebody changed it. Add that key behind the current one ` +
        '(ENCRYPTION_KEY=new:…,old:…), or restore a backup.',
    )
  }
}

/** With the current key of the ring. To be done before an older one is dropped. */
export async function resealIntegrity(tools: Tools): Promise<void> {
  const state = stateOf(tools)
  const { keyring } = tools.policy
  const content: Content = { key: state.key, linked: state.linked }
  state.sealed = createMessageCipher(keyring).seal(JSON.stringify(content), integrityPlace)
  await writeSetting(tools.sql, integritySetting, state.sealed)
}

/** The same where another key has sealed it. */
export async function renewIntegrity(tools: Tools): Promise<void> {
  if (!stateOf(tools).sealed.startsWith(headerOf(tools.policy.keyring.current))) await resealIntegrity(tools)
}

/** Links of a key that is not there any more: somebody removed it, and nothing can be compared with them. */
async function dropLinks(tools: Tools): Promise<void> {
  const some = await tools.sql.query('select 1 from log where link is not null limit 1')
  if (some.length === 0) return
  reportBreak(tools, 'key', 0, 0)
  await tools.sql.withoutTimeLimits(({ query }) =>
    query('update log set link = null, standing = null where link is not null or standing is not null'),
  )
}

/** Says whether two keys of the links are the same, and nothing about them. */
export const keyMark = (tools: Tools): string => stateOf(tools).chain('key')

/** A MAC over a text that is about the logs. */
export const markOf = (tools: Tools, text: string): string => stateOf(tools).chain(`mark|${text}`)

/** Whether every entry has a link, and every text the newest form: then one without is not an old one. */
export const isLinked = (tools: Tools): boolean => stateOf(tools).linked

/**
 * Only one node may link the logs from before there were links: another one would go on without, at heads that it has in memory.
 */
export async function requireLinked(tools: Tools): Promise<void> {
  if (isLinked(tools) || (await tools.sql.countNodes()) <= 1) return
  throw new Error(
    'The logs of this community are from before they were linked. Start one node alone, wait until it says ' +
      '"every log is linked now", and then start the others.',
  )
}

/** The anchor must not know of it before the database does. */
export const isLinkedStored = (tools: Tools): boolean => stateOf(tools).linkedStored

export async function markLinked(tools: Tools): Promise<void> {
  stateOf(tools).linked = true
  await resealIntegrity(tools)
  stateOf(tools).linkedStored = true
}

function stateOf(tools: Tools): State {
  const { current } = states(tools)
  if (!current) throw new Error('The integrity key has not been read yet')
  return current
}

async function hasEntries({ query }: Sql): Promise<boolean> {
  return (await query('select 1 from log limit 1')).length > 0
}

/** What the next link needs of a tip. */
export type Before = Pick<Tip, 'head' | 'link'>

/** The link of what comes after `tip`; null while the log up to there has none. */
export function linkAfter(tools: Tools, { head, link }: Before, written: string): string | null {
  const { linked, chain } = stateOf(tools)
  if (head > 0 && link === null && !linked) return null
  return chain(`link|${head === 0 ? '' : (link ?? '')}|${written}`)
}

/** False if an entry is not what was appended behind `before`. An entry without a link counts as genuine until the community is linked. */
export function isGenuine(tools: Tools, before: Before, facts: Facts, link: string | null): boolean {
  if (link === null) return !isLinked(tools)
  if (before.head > 0 && before.link === null && !isLinked(tools)) return true
  return linkAfter(tools, before, writeFacts(facts)) === link
}

/** What has become of a message, as its row says it. */
export type Standing = { editedSeq: number | null; deletedAt: Date | null; pinnedAt: Date | null }

/** A MAC over the standing of a message; null for one that is as it was sent. */
export function sealStanding(tools: Tools, roomKey: number, seq: number, standing: Standing): string | null {
  const { editedSeq, deletedAt, pinnedAt } = standing
  if (editedSeq === null && deletedAt === null && pinnedAt === null) return null
  const times = `${deletedAt?.getTime() ?? ''}|${pinnedAt?.getTime() ?? ''}`
  return stateOf(tools).chain(`standing|${roomKey}|${seq}|${editedSeq ?? ''}|${times}`)
}
