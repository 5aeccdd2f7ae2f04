import { resolve } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { askControl } from '../operator/control.ts'
import type { Caller, Outcome } from '../operator/operation.ts'
import { type OperationName, operate, type ParamsOf } from '../operator/operator.ts'
import { throttleProgress } from '../operator/throttle.ts'
import { ChatError } from '../protocol/errors.ts'
import { DatabaseInUse } from '../storage/errors.ts'
import { closeTools, openTools } from '../tools.ts'
import { hasCommunity, requireCommunity } from './community.ts'
import { listenForInterrupt } from './interrupt.ts'
import { print, printJson, tell } from './print.ts'
import { watchProgress } from './progress.ts'

type RunOptions = {
  /** One JSON document instead of lines. */
  json?: boolean
  /** Receives the bytes of an operation that returns some. */
  write?: Caller['write']
  /** Runs after the operation; its result is printed instead. */
  finish?(outcome: Outcome): Promise<Outcome | undefined>
  /** With a database server: on a connection of our own, not in the running server. */
  ownConnection?: boolean
  /** The caller handles Ctrl-C itself, because it has something to clean up. */
  interrupt?: AbortSignal
  /** It changes people or rooms that a server may have cached. */
  affectsServerCache?: boolean
  /** Creates the community if there is none yet. */
  mayCreate?: boolean
}

/** A server that is just starting has locked the database and does not respond yet; another command soon unlocks it. */
const patienceMs = 10_000

/** Runs an operation in the running server, or in this process when none runs, and prints the result. */
export async function runOperation<Name extends OperationName>(
  name: Name,
  params: ParamsOf<Name>,
  {
    json = false,
    write = noBytes,
    finish,
    interrupt,
    ownConnection = false,
    affectsServerCache = false,
    mayCreate = false,
  }: RunOptions = {},
): Promise<number> {
  const config = readConfig(process.env)
  const progress = watchProgress()
  const { signal, release } = interrupt ? { signal: interrupt, release() {} } : listenForInterrupt()
  const caller: Caller = { report: throttleProgress(progress.report), write, signal }
  try {
    const ask = async () =>
      ownConnection && config.databaseUrl !== undefined ? undefined : askControl(config, name, params, caller)
    let result = await ask()
    for (const deadline = performance.now() + patienceMs; !result; ) {
      try {
        if (!mayCreate) requireCommunity(config)
        result = await runHere(config, { name, params, caller, affectsServerCache })
      } catch (error) {
        if (!(error instanceof DatabaseInUse) || performance.now() > deadline) throw error
        signal.throwIfAborted()
        result = await ask()
      }
    }
    progress.clear()
    const outcome = finish ? await finish(result) : result
    if (json && outcome) await printJson(outcome.data)
    else if (outcome) await print(outcome.lines)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    progress.clear()
    release()
  }
  signal.throwIfAborted()
  return 0
}

type Run<Name extends OperationName> = {
  name: Name
  params: ParamsOf<Name>
  caller: Caller
  affectsServerCache: boolean
}

async function runHere<Name extends OperationName>(
  config: Config,
  { name, params, caller, affectsServerCache }: Run<Name>,
): Promise<Outcome> {
  // Standard output is for the result: scripts read it.
  const log = createLog({ level: 'warn', destination: { write: (line) => tell(line.trimEnd()) } })
  const isNew = !hasCommunity(config)
  const tools = await openTools(config, log)
  if (isNew && process.stderr.isTTY) tell(`parley: created a community in ${resolve(config.dataDir)}`)
  try {
    // A change that the server does not hear of would not hold: a banned person would write on.
    if (affectsServerCache && (await tools.sql.isClaimed())) throw new ChatError('server_unreached')
    return await operate(tools, name, params, caller)
  } finally {
    await closeTools(tools)
  }
}

async function noBytes(): Promise<void> {
  throw new Error('This operation returns bytes, and the caller does not accept any.')
}
