/**
 * The thread of the embedded databases of this process. Postgres works without ever returning to the event loop: here it
 * keeps nobody waiting but other statements. `scripts/build.ts` names this file, because the compiled file needs it too.
 */
import { type Bytes, createBytes } from './bytes.ts'
import { type Engine, startEngine } from './engine.ts'
import { createStatements } from './kept-statements.ts'
import type { Reply, Request } from './thread-messages.ts'

declare const self: Worker

type Placed = {
  engine: Engine
  statements: ReturnType<typeof createStatements>
  /** The transaction that is open. */
  transaction: number
  /** Requests that wait for its end. */
  waiting: Exclude<Request, { kind: 'start' }>[]
}

/** While there is more to do, replies wait for each other, but none longer than this. */
const mostWaitMs = 0.5

const engines = new Map<number, Placed>()
const out: Bytes = createBytes()
let reply = emptyReply()
let postedAt = 0

self.onmessage = ({ data }: MessageEvent<Request[]>) => {
  postedAt = performance.now()
  for (const request of data) take(request)
  post()
}

function take(request: Request): void {
  if (request.kind === 'start') {
    void start(request)
    return
  }
  const placed = engines.get(request.engine)
  if (!placed) {
    reply.others.push({ id: request.id, away: true })
    return
  }
  if (placed.transaction !== 0 && transactionOf(request) !== placed.transaction) {
    placed.waiting.push(request)
    return
  }
  answer(placed, request)
  for (let next = nextOf(placed); next && engines.get(request.engine) === placed; next = nextOf(placed))
    answer(placed, next)
}

/** The first that waits and may run now: any, or one of the transaction that is open. */
function nextOf({ transaction, waiting }: Placed): Placed['waiting'][number] | undefined {
  const index = waiting.findIndex((each) => transaction === 0 || transactionOf(each) === transaction)
  return index < 0 ? undefined : waiting.splice(index, 1)[0]
}

const transactionOf = (request: Request): number => ('transaction' in request ? request.transaction : 0)

function answer(placed: Placed, request: Placed['waiting'][number]): void {
  const { engine, id } = request
  if (request.kind === 'close') {
    engines.delete(engine)
    for (const late of placed.waiting.splice(0)) reply.others.push({ id: late.id, away: true })
    void close(placed.engine, id)
    return
  }
  const start = out.length
  let refused: Error | undefined
  try {
    if (request.kind === 'run') run(placed, request, start)
    else end(placed, request)
  } catch (error) {
    refused = error as Error
  }
  const failure = placed.engine.failure()
  if (failure || refused) out.cut(start)
  if (failure) fail(engine, placed, failure)
  else if (refused) reply.others.push({ id, error: refused })
  else {
    reply.ids.push(id)
    reply.ends.push(out.length)
  }
  if (performance.now() - postedAt > mostWaitMs) post()
}

type Run = Extract<Request, { kind: 'run' }>

function run(placed: Placed, { transaction, text, values }: Run, start: number): void {
  if (transaction !== placed.transaction) {
    placed.statements.run('begin', [])
    if (status() !== statuses.open) placed.engine.fail(new Error('A transaction did not begin.'))
    out.cut(start)
    placed.transaction = transaction
  }
  placed.statements.run(text, values)
  if (transaction !== 0) return
  placed.statements.ended()
  if (status() === statuses.idle || placed.engine.failure()) return
  placed.statements.run('rollback', [])
  throw new Error('A transaction is begun by transaction(), not by a statement.')
}

function end(placed: Placed, { commits }: Extract<Request, { kind: 'end' }>): void {
  placed.transaction = 0
  placed.statements.run(commits ? 'commit' : 'rollback', [])
  placed.statements.ended()
  if (status() !== statuses.idle) placed.engine.fail(new Error('A transaction did not end.'))
}

/** What Postgres says at the end of each reply: that no transaction is open, or that one is. */
const statuses = { idle: 'I'.charCodeAt(0), open: 'T'.charCodeAt(0) }
const status = (): number | undefined => out.from(out.length - 1)[0]

async function start({ engine, id, directory }: Extract<Request, { kind: 'start' }>): Promise<void> {
  try {
    const started = await startEngine(directory)
    const send = (message: Uint8Array) => started.send(message, out)
    engines.set(engine, {
      engine: started,
      statements: createStatements(send, out),
      transaction: 0,
      waiting: [],
    })
    reply.others.push({ id })
  } catch (error) {
    reply.others.push({ id, error: error as Error })
  }
  post()
}

async function close(engine: Engine, id: number): Promise<void> {
  const [outcome] = await Promise.allSettled([engine.close()])
  reply.others.push(outcome.status === 'fulfilled' ? { id } : { id, error: outcome.reason as Error })
  post()
}

function fail(engine: number, placed: Placed, error: Error): void {
  engines.delete(engine)
  placed.engine.abandon()
  reply.failed.push({ engine, error })
}

function emptyReply(): Reply {
  return { ids: [], ends: [], bytes: new Uint8Array(), others: [], failed: [] }
}

function post(): void {
  if (reply.ids.length + reply.others.length + reply.failed.length === 0) return
  reply.bytes = out.copy()
  self.postMessage(reply, [reply.bytes.buffer])
  reply = emptyReply()
  postedAt = performance.now()
  out.cut(0)
}
