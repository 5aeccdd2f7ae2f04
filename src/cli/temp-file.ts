import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { randomToken } from '../crypto/keys.ts'
import { cannotWrite } from '../reasons.ts'
import { syncDirectory } from '../storage/sync.ts'
import { UsageError } from './command.ts'

/** A file that gets its final name only when it is complete; until then an older file of that name stays. */
type TempFile = { write(piece: Uint8Array): void; keep(): void; discard(): void }

/** Only this user can read it. Refuses to replace a file without `force`. */
export function createTempFile(path: string, force: boolean): TempFile {
  const existing = explainErrors(path, () => statSync(path, { throwIfNoEntry: false }))
  if (existing?.isDirectory()) throw new UsageError(`${path} is a directory: name a file.`)
  if (existing && !force) throw new UsageError(`${path} exists already: add --force to replace it.`)
  const unfinished = `${path}.${randomToken(6)}.unfinished`
  const file = explainErrors(path, () => openSync(unfinished, 'wx', 0o600))
  let open = true

  function discard(): void {
    if (!open) return
    open = false
    closeSync(file)
    rmSync(unfinished, { force: true })
  }

  return {
    write(piece) {
      for (let at = 0; at < piece.length; ) at += explainErrors(path, () => writeSync(file, piece, at))
    },
    keep() {
      explainErrors(path, () => {
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

function explainErrors<T>(path: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    throw cannotWrite(path, error as Error)
  }
}
