import { ConfigError } from '../config.ts'
import { type Keyring, makeKey, parseKeyring, writeKeyring } from '../crypto/keyring.ts'
import { resealFiles } from '../features/attachments/sealed.ts'
import { resealPreviews } from '../features/links/sealed.ts'
import { resealAnchor } from '../features/log/anchor.ts'
import { resealIncarnation } from '../features/log/incarnation.ts'
import { resealIntegrity } from '../features/log/integrity.ts'
import { forgetKey, introduceKey, isIntroduced, isShared } from '../features/log/key-check.ts'
import { resealLogs } from '../features/log/reseal.ts'
import { countSealed, readTops } from '../features/log/sealed.ts'
import { resealTargets } from '../features/outgoing/seal.ts'
import { rebuildSearch } from '../features/search/rebuild.ts'
import { secrets } from '../features/secrets.ts'
import { ChatError } from '../protocol/errors.ts'
import { perServer, type Tools } from '../scope.ts'
import type { Caller, Outcome } from './operation.ts'
import { describeIncomplete, describeRotated, explainRotation, type Incomplete } from './rotate-report.ts'
import { progressOf } from './search.ts'

/** A request that read a text just before it was sealed again may still need the old key to open it. */
const lastReadersMs = 500
const mostRounds = 5

const rotations = perServer(() => ({ running: false }))

/**
 * Seals every text with the current key. If Parley keeps the keys itself, it first makes a new key and at the end removes
 * the older ones. It may be interrupted at any moment: every text stays readable, and the next run continues.
 */
export async function rotateKeys(tools: Tools, _params: object, caller: Caller): Promise<Outcome> {
  const rotation = rotations(tools)
  if (rotation.running) throw new ChatError('keys_rotating')
  rotation.running = true
  try {
    return await rotate(tools, caller)
  } finally {
    rotation.running = false
  }
}

async function rotate(tools: Tools, { report, signal }: Caller): Promise<Outcome> {
  const { sql, policy } = tools
  // If the ring has an older key, an earlier rotation did not finish: continue it.
  if (policy.storeKeyring && policy.keyring.older.length === 0) await addNewKey(tools)
  else await checkNodesKnowKey(tools)
  const { current, older } = policy.keyring
  await resealIntegrity(tools)
  await resealIncarnation(tools)
  await resealAnchor(tools)
  for (const secret of secrets) await secret.reseal(tools)
  await resealTargets(tools)
  await resealFiles(tools, signal)
  await resealPreviews(tools, signal)

  const total = others(await countSealed(sql, signal), current.id)
  if (total === 0 && older.length === 0) return explainRotation(current.id)
  let done = 0
  const count = (texts: number) => {
    done += texts
    report({ what: 'texts encrypted again:', done, total: Math.max(done, total) })
  }
  count(0)
  const tops = await readTops(sql)
  const left: Incomplete = { damaged: [], came: 0 }
  let missed = total
  for (let round = 0; round < mostRounds && missed > 0; round++) {
    const { damaged, late } = await resealLogs(tools, tops, signal, count)
    left.damaged = damaged
    // `late` texts may come from requests of this server that began before the change: they say nothing about other nodes.
    if (!policy.storeKeyring) left.came += late
    missed = others(await countSealed(sql, signal), current.id) - damaged.length
  }
  left.came += Math.max(0, missed)
  if (left.damaged.length > 0 || left.came > 0) return describeIncomplete(tools, done, left)
  // Words that were hashed with an older key could not be found without it.
  if (policy.search)
    await rebuildSearch(tools, { all: false }, { signal, report: progressOf(report, performance.now()) })
  if (policy.storeKeyring) await dropOlderKeys(tools)
  return describeRotated({
    resealed: done,
    key: current.id,
    older: older.map(({ id }) => id),
    dropped: !!policy.storeKeyring,
  })
}

const others = (counts: Map<string, number>, current: string): number =>
  [...counts].reduce((sum, [id, count]) => (id === current ? sum : sum + count), 0)

/** The database and the disk get the new key before anything is sealed with it. */
async function addNewKey(tools: Tools): Promise<void> {
  const next = parseKeyring(`${makeKey()},${writeKeyring(tools.policy.keyring)}`)
  await introduceKey(tools.sql, next)
  store(tools, next)
  tools.policy.keyring = next
}

/** Nodes that do not have the key would show every text sealed with it as damaged. */
async function checkNodesKnowKey({ sql, policy }: Tools): Promise<void> {
  const { id } = policy.keyring.current
  if (sql.kind === 'postgres' && !((await isIntroduced(sql, id)) && (await isShared(sql, id)))) {
    throw new ChatError('key_not_introduced', { key: id })
  }
  await introduceKey(sql, policy.keyring)
}

async function dropOlderKeys(tools: Tools): Promise<void> {
  // Somebody may have created one under the older key since.
  await resealTargets(tools)
  await resealFiles(tools)
  await resealPreviews(tools)
  for (const secret of secrets) await secret.reseal(tools)
  await Bun.sleep(lastReadersMs)
  const { current, older } = tools.policy.keyring
  const next: Keyring = { current, older: [] }
  store(tools, next)
  tools.policy.keyring = next
  for (const { id } of older) await forgetKey(tools.sql, id)
}

function store({ policy, log }: Tools, keyring: Keyring): void {
  try {
    policy.storeKeyring?.(keyring)
  } catch (error) {
    log.error('the keys could not be written', { error })
    const why = error instanceof ConfigError ? error.message : `secrets.json: ${(error as Error).message}`
    throw new ChatError('keys_not_written', { why })
  }
}
