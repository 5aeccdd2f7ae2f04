/** Error codes of the operating system, in the operator's words. */
const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOENT: 'no such file',
  ENOTDIR: 'a file is in the place of a directory',
  EISDIR: 'it is a directory',
  EFBIG: 'the file would be too large',
  EPIPE: 'the reader has closed it',
  EIO: 'the disk has failed',
  EMFILE: 'too many files are open',
  // The lock of DATA_DIR is a SQLite file.
  SQLITE_CANTOPEN: 'permission denied',
  SQLITE_READONLY: 'permission denied',
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk has failed',
}

export function reasonOf(error: unknown): string {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  // SQLite has longer codes too, such as SQLITE_READONLY_DIRECTORY.
  return reasons[code] ?? reasons[code.split('_').slice(0, 2).join('_')] ?? message
}

export const cannotWrite = (what: string, error: unknown): Error =>
  new Error(
    `${what} cannot be written: ${(error as { code?: string }).code === 'ENOENT' ? 'no such directory' : reasonOf(error)}.`,
  )
