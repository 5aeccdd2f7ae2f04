import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { randomToken } from '../crypto/keys.ts'
import { cannotWrite } from '../reasons.ts'
import { syncDirectory } from '../storage/sync.ts'
import { UsageError } from './command.ts'

/** A file that gets its name when it is whole; until then there is nothing under that name, or what was. */
export type TempFile = { write(piece: Uint8Array): void; keep(): void; discard(): void }

/** For this user only. Refuses to replace a file unless `force`d. */
export function createTempFile(path: string, force: boolean): TempFile {
  const there = explained(path, () => statSync(path, { throwIfNoEntry: false }))
  if (there?.isDirectory()) throw new UsageError(`${path} is a directory: name a file.`)
  if (there && !force) throw new UsageError(`${path} is there already: add --force to replace it.`)
  const unfinished = `${path}.${randomToken(6)}.unfinished`
  const file = explained(path, () => openSync(unfinished, 'wx', 0o600))
  let open = true

  function discard(): void {
    if (!open) return
    open = false
    closeSync(file)
    rmSync(unfinished, { force: true })
  }

  return {
    write(piece) {
      for (let at = 0; at < piece.length; ) at += explained(path, () => writeSync(file, piece, at))
    },
    keep() {
      explained(path, () => {
        fsyncSync(file)
        renameSync(unfinished, path)
        syncDirectory(dirname(path))
      })
      open = false
      closeSync(file)
    },
    discard,
  }
}

function explained<T>(path: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    throw cannotWrite(path, error as Error)
  }
}
