import { appendFileSync, chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type SmallDisk = {
  path: string
  fill(): void
  /** What a write to it says now, such as ENOSPC; undefined if it succeeds. */
  probe(): string | undefined
  free(): void
  remove(): void
}

/** A disk of a few megabytes. Undefined where we may not mount one: that needs root. */
export function mountSmallDisk(path: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(path)
  const mount = ['mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'parley-nemesis', path]
  if (Bun.which('mount') === null || Bun.spawnSync(mount).exitCode !== 0) return undefined
  chmodSync(path, 0o700)
  const [filler, probe] = [join(path, 'filler'), join(path, 'probe')]

  function codeOf(work: () => void): string | undefined {
    try {
      work()
      return undefined
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error)
    }
  }

  return {
    path,
    fill() {
      const { bavail, bsize } = statfsSync(path)
      // The node may be faster with the last page.
      codeOf(() => appendFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize))))
    },
    probe() {
      const code = codeOf(() => writeFileSync(probe, Buffer.alloc(8192)))
      rmSync(probe, { force: true })
      return code
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => void Bun.spawnSync(['umount', '--lazy', path]),
  }
}
