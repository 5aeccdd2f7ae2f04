import { closeSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import bundle from '@electric-sql/pglite/pglite.data' with { type: 'file' }
import wasm from '@electric-sql/pglite/pglite.wasm' with { type: 'file' }
import type { Bytes } from './bytes.ts'
import { baseClusterFile } from './cluster.ts'
import { syncDirectory, syncOpen } from './sync.ts'
import { letters } from './wire.ts'

/** One running Postgres in WebAssembly. */
export type Engine = {
  /** Gives it messages that end with Sync, and adds its replies to `out`, before it returns. */
  send(messages: Uint8Array, out: Bytes): void
  close(): Promise<void>
  /** Why its results can no longer be trusted: a sync failed, or Postgres panicked. PGlite itself does not stop. */
  failure(): Error | undefined
  /** Stops it, because its replies make no sense. */
  fail(error: Error): void
  /** Drops a failed engine without running anything in it. */
  abandon(): void
}

const settings = [
  'shared_buffers=16MB',
  'wal_buffers=1MB',
  'max_wal_size=64MB',
  'min_wal_size=32MB',
  'jit=off',
]

/** `-F` (no fsync) is PGlite's default. Its WebAssembly supports fsync, but not fdatasync. */
const durable = ['fsync=on', 'wal_sync_method=fsync']

/** Starts on the cluster in `directory`, or on a new one in memory. */
export async function startEngine(directory: string | undefined): Promise<Engine> {
  let failed: Error | undefined
  const fail = (error: Error) => {
    failed ??= error
  }
  const disk = directory === undefined ? undefined : new SyncedFS(directory, fail)
  const parameters = directory === undefined ? settings : [...settings, ...durable]
  const flags = PGlite.defaultStartParams.filter((flag) => directory === undefined || flag !== '-F')
  const pg = await PGlite.create({
    pgliteWasmModule: await postgresModule(),
    // initdb never runs; without a module PGlite would look for a file that a compiled program does not have.
    initdbWasmModule: emptyModule(),
    fsBundle: Bun.file(bundle),
    startParams: [...flags, ...parameters.flatMap((parameter) => ['-c', parameter])],
    onStderr: (line) => {
      if (line.includes('PANIC:')) fail(new Error(line.slice(line.indexOf('PANIC:'))))
      return true
    },
    ...(disk ? { fs: disk } : { dataDir: 'memory://', loadDataDir: await baseClusterFile() }),
  })
  return {
    fail,
    send(messages, out) {
      const before = out.length
      // `execProtocolRaw` would parse all replies and keep them.
      pg.execProtocolRawStream(messages, { syncToFs: false, onRawData: out.add }).catch(fail)
      // Postgres says that it is ready for the next statement, unless it has come to a stop.
      if (out.length < before + readyBytes || out.from(out.length - readyBytes)[0] !== letters.ready)
        fail(new Error('The embedded database did not reply.'))
    },
    close: () => pg.close(),
    failure: () => failed,
    abandon: () => disk?.cutOff(),
  }
}

const readyBytes = 6

let compiled: Promise<WebAssembly.Module> | undefined

/**
 * Compiled once in a process, which is safe because it has no state. A second engine (after a failed sync, or of a second
 * server) then starts in half the time.
 */
function postgresModule(): Promise<WebAssembly.Module> {
  compiled ??= Bun.file(wasm)
    .arrayBuffer()
    .then((bytes) => WebAssembly.compile(bytes))
    .catch((error) => {
      compiled = undefined
      throw error
    })
  return compiled
}

function emptyModule(): WebAssembly.Module {
  return new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
}

type Stream = { nfd?: number; node: object }
type Files = {
  FS: { streams: (Stream | null)[]; ErrnoError: new (errno: number) => Error }
  NODEFS: { stream_ops: { fsync?: (stream: Stream) => number }; realPath(node: object): string }
}

/** PGlite's file system does not pass fsync to the disk. This one does, so an acknowledged commit is on the disk. */
class SyncedFS extends NodeFS {
  private files: Files | undefined

  constructor(
    directory: string,
    private readonly fail: (error: Error) => void,
  ) {
    super(directory)
  }

  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options)
    emscriptenOpts.preRun = [...(emscriptenOpts.preRun ?? []), (module) => this.addSync(module)]
    return { emscriptenOpts }
  }

  /**
   * Closes its files and prevents it from opening others: a timer of a failed Postgres may still fire, and the next engine
   * soon gets the same file numbers.
   */
  cutOff(): void {
    if (!this.files) return
    const { FS, NODEFS } = this.files
    NODEFS.realPath = () => {
      throw new FS.ErrnoError(inputOutputError)
    }
    for (const stream of FS.streams) {
      if (!stream?.nfd) continue
      closeQuietly(stream.nfd)
      stream.nfd = -1
    }
  }

  private addSync(module: object): void {
    const { FS, NODEFS } = module as Files
    this.files = { FS, NODEFS }
    NODEFS.stream_ops.fsync = (stream) => {
      try {
        const path = NODEFS.realPath(stream.node)
        if (stream.nfd === undefined) syncDirectory(path)
        else syncOpen(stream.nfd, path)
        return 0
      } catch (error) {
        this.fail(error as Error)
        throw new FS.ErrnoError(inputOutputError)
      }
    }
  }
}

const inputOutputError = 29

function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // Already closed: go on with the others.
  }
}
