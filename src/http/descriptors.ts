import { readFileSync } from 'node:fs'
import type { Log } from '../log.ts'

/** For the embedded database with its files, the listening socket, the log, and requests that are no sockets. */
const reserve = 200
const fewestSockets = 16
/** Below this many open files the operator should know, because a community can reach it. */
const usual = 4096

/**
 * How many sockets may be open, so that the process always has descriptors left. Without one, Bun tries to accept the next
 * connection again and again, which keeps half a core busy, and the embedded database cannot open its files.
 */
export function mostSockets(log: Log): number {
  const openFiles = limitOfOpenFiles()
  const most = Math.max(fewestSockets, openFiles - reserve)
  if (openFiles < usual)
    log.warn('this process may open few files; raise the limit (ulimit -n, LimitNOFILE)', {
      openFiles,
      mostSockets: most,
    })
  return most
}

/** Bun has raised the limit to the hard one. Only Linux tells it to a process. */
function limitOfOpenFiles(): number {
  try {
    const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])
    return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
