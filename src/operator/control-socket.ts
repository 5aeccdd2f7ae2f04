import { renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { randomToken } from '../crypto/keys.ts'
import { lockFile } from '../storage/lock.ts'

/**
 * Listens at `path`, and returns a function that stops it. Meanwhile a file next to the socket is locked, so that a second
 * server with this path fails and leaves the socket of the first alone. A socket that a killed server has left is replaced.
 * Bun removes the path that it listens at, even if another server has it by then: hence another name first, and a rename.
 */
export function listenAt(path: string, serve: (path: string) => { stop(force: boolean): unknown }) {
  const lock = lockFile(path.replace(/\.sock$/, '.lock'))
  const temporary = join(dirname(path), `.c${randomToken(6)}`)
  let server: ReturnType<typeof serve> | undefined
  try {
    server = onlyForThisUser(() => serve(temporary))
    const own = statSync(temporary).ino
    renameSync(temporary, path)
    return () => {
      if (inodeOf(path) === own) rmSync(path, { force: true })
      void server!.stop(true)
      lock.release()
    }
  } catch (error) {
    void server?.stop(true)
    lock.release()
    throw error
  }
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino

/** Sets the mode at creation: changing it afterwards would leave a moment in which other users could connect. */
function onlyForThisUser<Made>(make: () => Made): Made {
  const before = process.umask(0o177)
  try {
    return make()
  } finally {
    process.umask(before)
  }
}
