import type { Config } from '../config.ts'

/** An error that explains why the server cannot listen; undefined if the error is about something else. */
export function explainListen(error: unknown, { host, port }: Config): Error | undefined {
  const { code = '', syscall } = error as NodeJS.ErrnoException
  if (syscall !== 'listen') return undefined
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program uses this port. Stop it, or choose another port with --port or PORT',
    EACCES:
      'permission denied. Choose a port of 1024 or above with --port or PORT, and put a reverse proxy in front',
    EADDRNOTAVAIL:
      'this machine does not have that address. Set HOST to one of its addresses, or to 0.0.0.0 for all',
    EINVAL: 'there is no such address. Set HOST to an address of this machine, or to 0.0.0.0 for all',
  }
  return new Error(`Cannot listen on ${host}, port ${port}: ${reasons[code] ?? (error as Error).message}.`)
}
