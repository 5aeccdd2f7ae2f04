import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Depot } from './depot.ts'

const unfinished = '.new'
const syncBytes = 1_000_000

/**
 * A directory, which several nodes may share. A file is written under another name and synced before it gets its own, so that half of one
 * never has it. Files are in directories by the end of their names: a directory of a million entries is slow on some disks.
 */
export function createDirectoryDepot(path: string): Depot {
  const beginnings = join(path, unfinished)
  const lasting = new Set<string>()
  const directoryOf = (name: string): string => join(path, shardOf(name))
  const pathOf = (name: string): string => join(directoryOf(name), name)

  async function write(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await mkdir(beginnings, { recursive: true, mode: 0o700 })
    const beginning = join(beginnings, `${name}.${crypto.randomUUID()}`)
    const file = await open(beginning, 'wx', 0o600)
    try {
      try {
        await writeInSteps(file, pieces)
      } finally {
        await file.close()
      }
      const directory = directoryOf(name)
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await rename(beginning, pathOf(name))
      await syncDirectory(directory)
      // Each sync keeps the disk from others for a moment: a directory that is there after a crash need not be synced again.
      if (!lasting.has(directory)) await syncDirectory(path)
      lasting.add(directory)
    } catch (error) {
      await rm(beginning, { force: true }).catch(() => {})
      throw error
    }
  }

  return {
    shown: path,
    write,
    async open(name) {
      const file = await open(pathOf(name), 'r').catch(absent)
      if (!file) return undefined
      const { size } = await file.stat()
      return {
        bytes: size,
        async read(from, length) {
          const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - from)))
          let filled = 0
          while (filled < buffer.length) {
            const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled)
            if (bytesRead === 0) break
            filled += bytesRead
          }
          return buffer.subarray(0, filled)
        },
        close: () => file.close(),
      }
    },
    remove: (name) => rm(pathOf(name), { force: true }),
    async *list() {
      for (const shard of (await readdir(path).catch(absent)) ?? []) {
        if (shard !== unfinished) yield* (await readdir(join(path, shard)).catch(absent)) ?? []
      }
    },
    async tidy(before) {
      for (const name of (await readdir(beginnings).catch(absent)) ?? []) {
        const begun = await stat(join(beginnings, name)).catch(absent)
        if (begun && begun.mtime < before) await rm(join(beginnings, name), { force: true })
      }
    },
  }
}

/** The end of an id is random; its beginning is a time. A preview is with its file. */
const shardOf = (name: string): string => name.split('.', 1)[0]!.slice(-2)

/** All of a large file synced at its end would hold up the disk, and with it the messages of everybody. */
async function writeInSteps(file: FileHandle, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let unsynced = 0
  for await (const piece of pieces) {
    await writeAll(file, piece)
    unsynced += piece.length
    if (unsynced < syncBytes) continue
    await file.datasync()
    unsynced = 0
  }
  await file.sync()
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, from, bytes.length - from)
    from += bytesWritten
  }
}

/** The name of a file is on the disk when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function absent(error: unknown): undefined {
  const { code } = error as { code?: unknown }
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw error
}
