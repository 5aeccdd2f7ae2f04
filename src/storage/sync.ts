import { closeSync, fdatasyncSync, fstatSync, fsyncSync, openSync } from 'node:fs'

/** Syncs the file names of a directory to the disk. */
export function syncDirectory(path: string): void {
  // Windows cannot sync a directory, and its file systems journal the names.
  if (process.platform === 'win32') return
  syncPath(path, 'r')
}

/** Syncs the content of an open file, also what others wrote to it, to the disk. `path` is its path. */
export function syncOpen(fd: number, path: string): void {
  try {
    fdatasyncSync(fd)
  } catch (error) {
    // Windows syncs only with a writable handle, which a directory never has.
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
