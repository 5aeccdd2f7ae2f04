import { DatabaseUnavailable } from './errors.ts'
import { type Result, type ResultOptions, readResult } from './results.ts'
import type { Reply, Request } from './thread-messages.ts'

/** One running Postgres in the thread of the embedded databases. */
export type RemoteEngine = {
  run<Row>(
    transaction: number,
    text: string,
    values: readonly unknown[],
    options?: ResultOptions,
  ): Promise<Result<Row>>
  /** Ends a transaction and lets other statements in; it fails if it could not commit. */
  end(transaction: number, commits: boolean): Promise<Result<unknown>>
  /** After all that was asked for before. */
  close(): Promise<void>
  /** Why it can no longer be used. */
  failure(): Error | undefined
}

type Waiting = { engine: number; resolve(bytes: Buffer): void; reject(error: Error): void }
type Unnumbered = Request extends infer Each
  ? Each extends Request
    ? Omit<Each, 'engine' | 'id'>
    : never
  : never
type OnFailure = (error: Error) => void

/** In the compiled file, paths begin where the files that it is built of have their common folder. */
const entry = import.meta.url.endsWith('/remote-engine.ts') ? './thread.ts' : './storage/thread.ts'

let current: ReturnType<typeof startThread> | undefined

/** Starts Postgres on the cluster in `directory`, or on a new one in memory. */
export function startRemoteEngine(
  directory: string | undefined,
  onFailure: OnFailure,
): Promise<RemoteEngine> {
  // One for all of a process: Postgres is compiled once in each thread, which takes longer than all else.
  current ??= startThread(() => {
    current = undefined
  })
  return current.startEngine(directory, onFailure)
}

function startThread(onEnd: () => void) {
  const worker = new Worker(new URL(entry, import.meta.url).href) as Bun.Worker
  const waiting = new Map<number, Waiting>()
  const failures = new Map<number, OnFailure>()
  let requests: Request[] = []
  let lastId = 0
  let lastEngine = 0
  let ended: Error | undefined

  worker.unref()
  // Bun delivers no message while it still delivers one, and `expect(…).rejects` waits for more of them inside of whatever
  // a reply has started: such a test would never end.
  worker.addEventListener('message', (event) =>
    setImmediate(receive, (event as unknown as MessageEvent<Reply>).data),
  )
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    ended ??= new Error(`The thread of the embedded database has failed: ${event.message}`)
    // Only what has certainly stopped may be followed by another one on the same files.
    worker.terminate()
  })
  worker.addEventListener('close', () => {
    ended ??= new Error('The thread of the embedded database has ended.')
    onEnd()
    for (const engine of [...failures.keys()]) fail(engine, ended)
  })

  function ask(engine: number, request: Unnumbered): Promise<Buffer> {
    if (ended) return Promise.reject(stopped(ended))
    const id = ++lastId
    const numbered = { ...request, engine, id } as Request
    return new Promise((resolve, reject) => {
      if (waiting.size === 0) worker.ref()
      waiting.set(id, { engine, resolve, reject })
      // What is asked for at the same time is sent together.
      if (requests.push(numbered) === 1) queueMicrotask(send)
    })
  }

  function send(): void {
    const together = requests
    requests = []
    try {
      worker.postMessage(together)
    } catch (error) {
      // A value that cannot be copied is the mistake of one request.
      if (together.length === 1) settle(together[0]!.id)?.reject(error as Error)
      else
        for (const request of together) {
          requests = [request]
          send()
        }
    }
  }

  function settle(id: number): Waiting | undefined {
    const asked = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    return asked
  }

  function receive({ ids, ends, bytes, others, failed }: Reply): void {
    const all = Buffer.from(bytes.buffer)
    for (const [index, id] of ids.entries())
      settle(id)?.resolve(all.subarray(ends[index - 1] ?? 0, ends[index]))
    for (const { id, error, away } of others) {
      const asked = settle(id)
      if (away) asked?.reject(stopped())
      else if (error) asked?.reject(error)
      else asked?.resolve(Buffer.alloc(0))
    }
    for (const { engine, error } of failed) fail(engine, error)
  }

  function fail(engine: number, error: Error): void {
    const onFailure = failures.get(engine)
    failures.delete(engine)
    onFailure?.(error)
    for (const [id, asked] of waiting) if (asked.engine === engine) settle(id)?.reject(stopped(error))
  }

  return {
    async startEngine(directory: string | undefined, onFailure: OnFailure): Promise<RemoteEngine> {
      const engine = ++lastEngine
      let failure: Error | undefined
      let started = false
      failures.set(engine, (error) => {
        failure = error
        if (started) onFailure(error)
      })
      try {
        await ask(engine, { kind: 'start', directory })
      } catch (error) {
        failures.delete(engine)
        throw failure ?? error
      }
      started = true
      // It may have failed in the same moment.
      if (failure) throw failure
      return {
        run: async (transaction, text, values, options) =>
          readResult(
            await ask(engine, { kind: 'run', transaction, text, values: values.map(copyable) }),
            options,
          ),
        end: async (transaction, commits) =>
          readResult(await ask(engine, { kind: 'end', transaction, commits })),
        close: async () => {
          await ask(engine, { kind: 'close' })
          failures.delete(engine)
        },
        failure: () => failure,
      }
    },
  }
}

const stopped = (cause?: Error) => new DatabaseUnavailable('The embedded database has stopped.', { cause })

/** A Buffer is copied with all of the memory that it is a part of. */
function copyable(value: unknown): unknown {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value
}
