import { ConfigError } from '../config.ts'
import { type Keyring, makeKey, parseKeyring, writeKeyring } from '../crypto/keyring.ts'
import { forgetKey, introduceKey, isIntroduced } from '../features/log/key-check.ts'
import { resealLogs } from '../features/log/reseal.ts'
import { countSealed, readTops } from '../features/log/sealed.ts'
import { ChatError } from '../protocol/errors.ts'
import { perServer, type Tools } from '../scope.ts'
import type { Caller, Outcome } from './operation.ts'
import { type Left, sayLeft, sayRotated, sayWhatToDo } from './rotate-words.ts'

/** Whoever read a text just before it was sealed anew may open it only now. */
const lastReadersMs = 500
const mostRounds = 5

const turns = perServer(() => ({ taken: false }))

/**
 * Seals every text with the current key. Where Parley keeps the keys itself it makes that key first and drops the older
 * ones at the end. It can end at any moment: every text is readable at all times, and the next run goes on.
 */
export async function rotateKeys(tools: Tools, _params: object, caller: Caller): Promise<Outcome> {
  const turn = turns(tools)
  if (turn.taken) throw new ChatError('keys_rotating')
  turn.taken = true
  try {
    return await rotate(tools, caller)
  } finally {
    turn.taken = false
  }
}

async function rotate(tools: Tools, { report, signal }: Caller): Promise<Outcome> {
  const { sql, policy } = tools
  // With an older key in it, the ring is that of a rotation which did not come to its end.
  if (policy.storeKeyring && policy.keyring.older.length === 0) await beginKey(tools)
  else await refuseUnknownToNodes(tools)
  const { current, older } = policy.keyring

  const total = others(await countSealed(sql, signal), current.id)
  if (total === 0 && older.length === 0) return sayWhatToDo(current.id)
  let done = 0
  const count = (texts: number) => {
    done += texts
    report({ what: 'texts encrypted again:', done, total: Math.max(done, total) })
  }
  count(0)
  const tops = await readTops(sql)
  const left: Left = { damaged: [], came: 0 }
  let missed = total
  for (let round = 0; round < mostRounds && missed > 0; round++) {
    const { damaged, late } = await resealLogs(tools, tops, signal, count)
    left.damaged = damaged
    // What this very server had in hand when its key was changed says nothing about other nodes.
    if (!policy.storeKeyring) left.came += late
    missed = others(await countSealed(sql, signal), current.id) - damaged.length
  }
  left.came += Math.max(0, missed)
  if (left.damaged.length > 0 || left.came > 0) return sayLeft(tools, done, left)
  if (policy.storeKeyring) await dropOlderKeys(tools)
  return sayRotated({
    resealed: done,
    key: current.id,
    older: older.map(({ id }) => id),
    dropped: !!policy.storeKeyring,
  })
}

const others = (counts: Map<string, number>, current: string): number =>
  [...counts].reduce((sum, [id, count]) => (id === current ? sum : sum + count), 0)

/** Known to the database and on the disk before anything is sealed with it. */
async function beginKey(tools: Tools): Promise<void> {
  const next = parseKeyring(`${makeKey()},${writeKeyring(tools.policy.keyring)}`)
  await introduceKey(tools.sql, next)
  store(tools, next)
  tools.policy.keyring = next
}

/** Nodes that do not have the key would show every text that is sealed with it as damaged. */
async function refuseUnknownToNodes({ sql, policy }: Tools): Promise<void> {
  const { id } = policy.keyring.current
  if (sql.kind === 'postgres' && !(await isIntroduced(sql, id))) {
    throw new ChatError('key_not_introduced', { key: id })
  }
  await introduceKey(sql, policy.keyring)
}

async function dropOlderKeys(tools: Tools): Promise<void> {
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
