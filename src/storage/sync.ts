import { closeSync, fdatasyncSync, fstatSync, fsyncSync, openSync } from 'node:fs'

/** Brings the names in a directory to the disk. */
export function syncDirectory(path: string): void {
  // Windows cannot sync a directory, and its file systems keep names in a journal of their own.
  if (process.platform === 'win32') return
  syncPath(path, 'r')
}

/** Brings to the disk what was written to an open file, by whomever; `path` leads to it. */
export function syncOpen(fd: number, path: string): void {
  try {
    fdatasyncSync(fd)
  } catch (error) {
    // Windows syncs only through a handle that may write, which that of a directory never is.
    if (process.platform !== 'win32' || (error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    if (!fstatSync(fd).isDirectory()) syncPath(path, 'r+')
  }
}

function syncPath(path: string, flags: string): void {
  const fd = openSync(path, flags)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
