/** Why the system would not read or write, as an operator would say it. */
const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOENT: 'there is no such file',
  ENOTDIR: 'a file stands where a directory should',
  EISDIR: 'it is a directory',
  EFBIG: 'it would be too large a file',
  EPIPE: 'nobody reads it any more',
  EIO: 'the disk fails',
  EMFILE: 'too many files are open',
  // Of the lock, which is a file of SQLite.
  SQLITE_CANTOPEN: 'this user may not',
  SQLITE_READONLY: 'this user may not',
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk fails',
}

export function reasonOf(error: unknown): string {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  // SQLite says the same more precisely: SQLITE_READONLY_DIRECTORY.
  return reasons[code] ?? reasons[code.split('_').slice(0, 2).join('_')] ?? message
}

export const cannotWrite = (what: string, error: unknown): Error =>
  new Error(
    `${what} cannot be written: ${(error as { code?: string }).code === 'ENOENT' ? 'there is no such directory' : reasonOf(error)}.`,
  )
