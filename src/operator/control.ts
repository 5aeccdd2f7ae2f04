import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { type AnyReason, ChatError, type FieldError, type RefusalParams } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'
import { isUnavailable } from '../storage/errors.ts'
import type { Caller, Outcome, Progress } from './operation.ts'
import { isOperation, type OperationName, operate, type ParamsOf } from './operator.ts'
import { throttleProgress } from './throttle.ts'

/*
 * The embedded database belongs to one process, and what a server remembers of people and rooms only that server can
 * forget. While it runs, the command line asks it through a socket in DATA_DIR, which only the same user can open.
 */

type Question = { name: string; params: unknown }

/** What the server answers, one a line; the last is an outcome or a refusal. */
type Line =
  | { progress: Progress }
  | { piece: string }
  | { outcome: Outcome }
  | { refusal: { reason: AnyReason; params?: RefusalParams; errors?: FieldError[] } }

/** An operation may be silent for long. Bun's types do not know that a unix socket has this option too. */
const patient: object = { idleTimeout: 0 }

/** Servers of several databases may have the same DATA_DIR; an operator must never reach the wrong community. */
function pathOf({ databaseUrl, dataDir }: Config): string | undefined {
  if (databaseUrl === undefined && dataDir === ':memory:') return undefined
  const which =
    databaseUrl === undefined ? '' : `-${createHash('sha256').update(databaseUrl).digest('hex').slice(0, 12)}`
  return join(resolve(dataDir), `control${which}.sock`)
}

export function openControl(tools: Tools, config: Config): () => void {
  const path = pathOf(config)
  if (path === undefined) return () => {}
  try {
    mkdirSync(resolve(config.dataDir), { recursive: true, mode: 0o700 })
    rmSync(path, { force: true })
    const server = onlyForThisUser(() =>
      Bun.serve({ unix: path, fetch: (request) => answer(tools, request), ...patient }),
    )
    return () => {
      void server.stop(true)
      rmSync(path, { force: true })
    }
  } catch (error) {
    tools.log.warn('the command line cannot reach this server: there is no control socket', { path, error })
    return () => {}
  }
}

/** From its first moment on: a mode given afterwards would be too late for whoever is quick. */
function onlyForThisUser<Made>(make: () => Made): Made {
  const before = process.umask(0o177)
  try {
    return make()
  } finally {
    process.umask(before)
  }
}

async function answer(tools: Tools, request: Request): Promise<Response> {
  const question = (await request.json()) as Question
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const lines = writable.getWriter()
  const left = new AbortController()
  lines.closed.catch(() => left.abort())
  const encoder = new TextEncoder()
  const tell = (line: Line): Promise<void> => lines.write(encoder.encode(`${JSON.stringify(line)}\n`))
  const caller: Caller = {
    report: throttleProgress((progress) => void tell({ progress }).catch(() => {})),
    write: (piece: Uint8Array) => tell({ piece: Buffer.from(piece).toString('base64') }),
    signal: left.signal,
  }
  void carryOut(tools, question, caller)
    .then(tell)
    .then(() => lines.close())
    // They have gone.
    .catch(() => {})
  return new Response(readable)
}

async function carryOut(tools: Tools, { name, params }: Question, caller: Caller): Promise<Line> {
  if (!isOperation(name)) return refusalLine(new ChatError('operation_unknown'))
  try {
    return { outcome: await operate(tools, name, params as never, caller) }
  } catch (error) {
    if (error instanceof ChatError) return refusalLine(error)
    if (isUnavailable(error)) return refusalLine(new ChatError('database_away'))
    if (!caller.signal.aborted) tools.log.error('an operation failed', { name, error })
    return refusalLine(new ChatError('operation_failed'))
  }
}

function refusalLine({ reason, params, detail: { errors } }: ChatError): Line {
  return { refusal: { reason, ...(params && { params }), ...(errors && { errors }) } }
}

type SentRefusal = Extract<Line, { refusal: unknown }>['refusal']

function refusalOf({ reason, params, errors = [] }: SentRefusal): ChatError {
  const because = params ? [reason, params] : [reason]
  return new ChatError(...([...because, { errors }] as ConstructorParameters<typeof ChatError>))
}

/** The answer of the running server; undefined when none runs on this directory. */
export async function askControl<Name extends OperationName>(
  config: Config,
  name: Name,
  params: ParamsOf<Name>,
  caller: Caller,
): Promise<Outcome | undefined> {
  const path = pathOf(config)
  if (path === undefined) return undefined
  const response = await ask(path, JSON.stringify({ name, params }), caller.signal)
  if (!response) return undefined
  try {
    for await (const line of linesOf(response)) {
      if ('progress' in line) caller.report(line.progress)
      else if ('piece' in line) await caller.write(Buffer.from(line.piece, 'base64'))
      else if ('outcome' in line) return line.outcome
      else throw refusalOf(line.refusal)
    }
  } catch (error) {
    if (codeOf(error) !== 'ECONNRESET') throw error
  }
  throw new ChatError('server_stopped')
}

async function ask(path: string, body: string, signal: AbortSignal): Promise<Response | undefined> {
  try {
    return await fetch('http://control/', { unix: path, method: 'POST', body, signal, timeout: false })
  } catch (error) {
    if (nobodyThere.has(codeOf(error))) return undefined
    if (codeOf(error) === 'EACCES') throw new ChatError('server_of_another_user', { path })
    throw error
  }
}

/** A server that was killed leaves its socket; one whose DATA_DIR is too long a name, or on a system without them, has none. */
const nobodyThere = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ENAMETOOLONG', 'FailedToOpenSocket'])

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code)

async function* linesOf(response: Response): AsyncGenerator<Line> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body ?? []) {
    const [first, ...more] = decoder.decode(bytes, { stream: true }).split('\n')
    if (more.length === 0) {
      rest += first
      continue
    }
    for (const line of [rest + first, ...more.slice(0, -1)]) yield JSON.parse(line) as Line
    rest = more.at(-1)!
  }
}
