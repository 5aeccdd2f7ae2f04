import { resolve } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { askControl } from '../operator/control.ts'
import type { Caller, Outcome } from '../operator/operation.ts'
import { type OperationName, operate, type ParamsOf } from '../operator/operator.ts'
import { sparing } from '../operator/sparing.ts'
import { DirectoryInUse } from '../storage/lock.ts'
import { closeTools, openTools } from '../tools.ts'
import { hasCommunity, requireCommunity } from './community.ts'
import { listenForInterrupt } from './interrupt.ts'
import { aligned, print, printJson } from './print.ts'
import { watchProgress } from './progress.ts'

type Manner = {
  /** One JSON document instead of lines. */
  json?: boolean
  /** Takes the bytes of an operation that answers with some. */
  write?: Caller['write']
  /** What is left to do when it has answered, and what then is printed. */
  finish?(outcome: Outcome): Promise<Outcome | undefined>
  /** With a database server: on a connection of our own, and not in the server that runs. */
  apart?: boolean
  /** Where somebody listens for Ctrl-C already: they have something to leave in order. */
  interrupt?: AbortSignal
  /** It changes what a server remembers of people and rooms. */
  felt?: boolean
  /** May be the first thing that happens in a community, and makes it. */
  begins?: boolean
}

/** A server that is just starting holds the database and does not answer yet; another command is soon done with it. */
const patienceMs = 10_000

const unreached =
  'parley: no server was reached from here: one that runs elsewhere goes by what it remembers until it is restarted.\n'

/** Runs an operation in the server that is running, or here when none is, and prints what it answers. */
export async function runOperation<Name extends OperationName>(
  name: Name,
  params: ParamsOf<Name>,
  {
    json = false,
    write = noBytes,
    finish,
    interrupt,
    apart = false,
    felt = false,
    begins = false,
  }: Manner = {},
): Promise<number> {
  const config = readConfig(process.env)
  const progress = watchProgress()
  const { signal, release } = interrupt ? { signal: interrupt, release() {} } : listenForInterrupt()
  const caller: Caller = { report: sparing(progress.report), write, signal }
  try {
    const ask = async () =>
      apart && config.databaseUrl !== undefined ? undefined : askControl(config, name, params, caller)
    let asked = await ask()
    let answered = asked
    for (const deadline = performance.now() + patienceMs; !answered; ) {
      try {
        if (!begins) requireCommunity(config)
        answered = await runHere(config, name, params, caller)
      } catch (error) {
        if (!(error instanceof DirectoryInUse) || performance.now() > deadline) throw error
        signal.throwIfAborted()
        asked = answered = await ask()
      }
    }
    progress.clear()
    const outcome = finish ? await finish(answered) : answered
    if (felt && !asked && config.databaseUrl !== undefined) process.stderr.write(unreached)
    if (json && outcome) await printJson(outcome.data)
    else if (outcome) await print(process.stdout.isTTY ? aligned(outcome.lines) : outcome.lines)
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

async function runHere<Name extends OperationName>(
  config: Config,
  name: Name,
  params: ParamsOf<Name>,
  caller: Caller,
): Promise<Outcome> {
  // Standard output is for the answer: scripts read it.
  const log = createLog({ level: 'warn', destination: { write: (line) => void process.stderr.write(line) } })
  const isNew = !hasCommunity(config)
  const tools = await openTools(config, log)
  if (isNew && process.stderr.isTTY)
    process.stderr.write(`parley: began a community in ${resolve(config.dataDir)}\n`)
  try {
    return await operate(tools, name, params, caller)
  } finally {
    await closeTools(tools)
  }
}

async function noBytes(): Promise<void> {
  throw new Error('This operation answers with bytes that nobody takes.')
}
