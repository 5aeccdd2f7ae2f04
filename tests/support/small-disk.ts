import { appendFileSync, chmodSync, mkdtempSync, rmdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type SmallDisk = {
  path: string
  /** Fills it, but for so many bytes. */
  fill(but?: number): void
  /** Makes it as free as it was before `fill`. */
  free(): void
  remove(): void
}

/** A disk of its own of so many megabytes. Undefined, after a line that cannot be overlooked, where we may not mount one. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'parley-disk-'))
  const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'parley-test', path])
  if (mounted.exitCode !== 0) {
    rmdirSync(path)
    console.error(
      '\n!!! NO SMALL DISK HERE: the tests of a full disk were NOT RUN. They need root, to mount. !!!\n',
    )
    return undefined
  }
  chmodSync(path, 0o777)
  const filler = join(path, 'filler')
  return {
    path,
    fill(but = 0) {
      const { bavail, bsize } = statfsSync(path)
      try {
        appendFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - but)))
      } catch (error) {
        // Somebody was faster with the last page.
        if ((error as { code?: string }).code !== 'ENOSPC') throw error
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      Bun.spawnSync(['umount', '--lazy', path])
      rmdirSync(path)
    },
  }
}
