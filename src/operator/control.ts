import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { type AnyReason, ChatError, type FieldError, type RefusalParams } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'
import { isUnavailable, outageOf } from '../storage/errors.ts'
import { listenAt } from './control-socket.ts'
import type { Caller, Outcome, Progress } from './operation.ts'
import { isOperation, type OperationName, operate, type ParamsOf } from './operator.ts'
import { throttleProgress } from './throttle.ts'

/*
 * The embedded database belongs to one process, and only the server itself can clear what it has cached of people and
 * rooms. So while a server runs, the command line sends it operations through a socket in DATA_DIR, which only the same
 * user can open.
 */

type Call = { name: string; params: unknown }

/** The server responds with JSON lines; the last one is an outcome or a refusal. */
type Line =
  | { progress: Progress }
  | { piece: string }
  | { outcome: Outcome }
  | { refusal: { reason: AnyReason; params?: RefusalParams; errors?: FieldError[] } }

/** An operation may send nothing for a long time. Bun's types lack this option for a unix socket. */
const noIdleTimeout: object = { idleTimeout: 0 }

/** Servers with different databases may share a DATA_DIR; an operator must never reach the wrong community. */
export function controlPath({ databaseUrl, dataDir }: Config, worker?: number): string | undefined {
  if (databaseUrl === undefined && dataDir === ':memory:') return undefined
  const which =
    databaseUrl === undefined ? '' : `-${createHash('sha256').update(databaseUrl).digest('hex').slice(0, 12)}`
  return join(resolve(dataDir), `control${which}${worker === undefined ? '' : `w${worker}`}.sock`)
}

/** A worker has a socket of its own; their parent has the one that the command line knows. */
export const openControl = (tools: Tools, config: Config, worker?: number): (() => void) =>
  openSocket(tools.log, config, controlPath(config, worker), (request) => handle(tools, request))

export function openSocket(
  log: Log,
  { dataDir }: Config,
  path: string | undefined,
  fetch: (request: Request) => Response | Promise<Response>,
): () => void {
  if (path === undefined) return () => {}
  try {
    mkdirSync(resolve(dataDir), { recursive: true, mode: 0o700 })
    return listenAt(path, (unix) => Bun.serve({ unix, fetch, ...noIdleTimeout }))
  } catch (error) {
    log.warn('the command line cannot reach this server: there is no control socket', { path, error })
    return () => {}
  }
}

async function handle(tools: Tools, request: Request): Promise<Response> {
  if (request.method === 'GET') return new Response(tools.metrics.text())
  const call = (await request.json()) as Call
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const lines = writable.getWriter()
  const gone = new AbortController()
  lines.closed.catch(() => gone.abort())
  const encoder = new TextEncoder()
  const send = (line: Line): Promise<void> => lines.write(encoder.encode(`${JSON.stringify(line)}\n`))
  const caller: Caller = {
    report: throttleProgress((progress) => void send({ progress }).catch(() => {})),
    write: (piece: Uint8Array) => send({ piece: Buffer.from(piece).toString('base64') }),
    signal: gone.signal,
  }
  void runOperation(tools, call, caller)
    .then(send)
    .then(() => lines.close())
    // The command line is gone.
    .catch(() => {})
  return new Response(readable)
}

async function runOperation(tools: Tools, { name, params }: Call, caller: Caller): Promise<Line> {
  if (!isOperation(name)) return refusalLine(new ChatError('operation_unknown'))
  try {
    return { outcome: await operate(tools, name, params as never, caller) }
  } catch (error) {
    if (error instanceof ChatError) return refusalLine(error)
    if (isUnavailable(error)) return refusalLine(new ChatError(outageOf(error)))
    if (!caller.signal.aborted) tools.log.error('an operation failed', { name, error })
    return refusalLine(new ChatError('operation_failed'))
  }
}

export function refusalLine({ reason, params, detail: { errors } }: ChatError): Line {
  return { refusal: { reason, ...(params && { params }), ...(errors && { errors }) } }
}

type SentRefusal = Extract<Line, { refusal: unknown }>['refusal']

function refusalOf({ reason, params, errors = [] }: SentRefusal): ChatError {
  const because = params ? [reason, params] : [reason]
  return new ChatError(...([...because, { errors }] as ConstructorParameters<typeof ChatError>))
}

/** Runs an operation in the running server; undefined if no server runs on this directory. */
export async function askControl<Name extends OperationName>(
  config: Config,
  name: Name,
  params: ParamsOf<Name>,
  caller: Caller,
): Promise<Outcome | undefined> {
  const path = controlPath(config)
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
    if (noServerCodes.has(codeOf(error))) return undefined
    if (codeOf(error) === 'EACCES') throw new ChatError('server_of_another_user', { path })
    throw error
  }
}

/** A killed server leaves its socket behind. If the path is too long, or the system has no unix sockets, there is none. */
export const noServerCodes = new Set([
  'ENOENT',
  'ENOTDIR',
  'ECONNREFUSED',
  'ENAMETOOLONG',
  'FailedToOpenSocket',
])

export const codeOf = (error: unknown): string => String((error as { code?: unknown }).code)

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
