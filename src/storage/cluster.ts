import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { reasonOf } from '../reasons.ts'
import base from './base.tar.zst' with { type: 'file' }
import { syncDirectory } from './sync.ts'

/** The ready-made cluster as a tar archive. */
export async function baseClusterFile(): Promise<Blob> {
  return new Blob([await unpackBase()])
}

async function unpackBase(): Promise<Buffer<ArrayBuffer>> {
  return Bun.zstdDecompressSync(await Bun.file(base).bytes()) as Buffer<ArrayBuffer>
}

/**
 * Makes sure there is a cluster in `directory`. A new one is unpacked under another name, synced to the disk, and then
 * renamed: even if the first start is killed, a cluster with the final name is complete.
 */
export async function ensureCluster(directory: string): Promise<void> {
  if (existsSync(directory)) return checkVersion(directory)
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  try {
    await unpackInto(unfinished)
    renameSync(unfinished, directory)
    syncDirectory(dirname(directory))
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new Error(
      `Cannot create a database in ${resolve(directory)}: ${reasonOf(error)}. It needs 40 MB and room to grow.`,
    )
  }
}

async function unpackInto(unfinished: string): Promise<void> {
  const tar = await unpackBase()
  const directories = new Set([unfinished])
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  // Wait for all of them, also after one fails: none may still write when the directory is removed.
  const files: Promise<void>[] = []
  for (const entry of entries(tar)) {
    const path = join(unfinished, entry.name)
    const parent = entry.directory ? path : dirname(path)
    if (!directories.has(parent)) {
      mkdirSync(parent, { recursive: true, mode: 0o700 })
      directories.add(parent)
    }
    if (!entry.directory) files.push(writeFile(path, entry.content, { mode: 0o600, flush: true }))
  }
  const failed = (await Promise.allSettled(files)).find(({ status }) => status === 'rejected')
  if (failed) throw (failed as PromiseRejectedResult).reason
  for (const each of directories) syncDirectory(each)
}

function checkVersion(directory: string): void {
  const version = versionOf(directory)
  if (version === '18') return
  throw new Error(
    `The database in ${directory} was created by Postgres ${version}; this program contains Postgres 18. ` +
      'Start it with the Parley that created it, make a backup there, and restore the backup here.',
  )
}

function versionOf(directory: string): string {
  try {
    return readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim()
  } catch (error) {
    throw doesNotOpen(directory, `PG_VERSION: ${reasonOf(error)}`)
  }
}

/** For any damage: we change nothing in the directory, because it may be the only copy. */
export const doesNotOpen = (directory: string, reason: string): Error =>
  new Error(
    `The database in ${resolve(directory)} does not open (${reason}). Check that the disk is not full and that this user owns all ` +
      'its files; if it is damaged, move it away and restore a backup.',
  )

type TarEntry = { name: string; directory: boolean; content: Uint8Array }

function* entries(tar: Uint8Array): Generator<TarEntry> {
  const text = (from: number, length: number) =>
    Buffer.from(tar.buffer, tar.byteOffset + from, length)
      .toString('utf8')
      .split('\0', 1)[0] ?? ''
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8) || 0
    const name = join(text(at + 345, 155), text(at, 100))
    yield { name, directory: text(at + 156, 1) === '5', content: tar.subarray(at + 512, at + 512 + size) }
    at += 512 + Math.ceil(size / 512) * 512
  }
}
