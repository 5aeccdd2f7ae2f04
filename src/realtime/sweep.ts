import { closeCodes } from '../protocol/close.ts'
import type { Tools } from '../scope.ts'
import type { Connection } from './connection.ts'
import type { Hub } from './hub.ts'

const sweepMs = 250
const expiryWarningMs = 60_000

/** A socket with more than this unread is too far behind; it comes back and resumes from the log. */
export const mostBuffered = 1 << 20

/** Looks after every socket: pings, the silent, the slow, and those whose token has run out. */
export function startSweep(tools: Tools, hub: Hub): () => void {
  const timer = setInterval(() => {
    const now = performance.now()
    const wallClock = tools.clock().getTime()
    for (const connection of hub.all()) sweep(tools, hub, connection, now, wallClock)
  }, sweepMs)
  return () => clearInterval(timer)
}

function sweep(tools: Tools, hub: Hub, connection: Connection, now: number, wallClock: number): void {
  const unread = connection.bufferedBytes()
  if (unread <= mostBuffered) connection.longBytes = 0
  else if (unread > mostBuffered + connection.longBytes) {
    tools.metrics.slowReadersClosed.add()
    return connection.close(closeCodes.slow.code, 'reading too slowly')
  }
  const { pingIntervalMs, pongTimeoutMs } = tools.rules
  const { pingedAt, aliveSincePing, expiresAt } = connection
  if (!aliveSincePing && now - pingedAt > pongTimeoutMs) {
    return connection.close(closeCodes.no_pong.code, 'no sign of life')
  }
  if (expiresAt <= wallClock) return connection.close(closeCodes.token_expired.code, 'the token has expired')
  if (!connection.warnedOfExpiry && expiresAt - wallClock < expiryWarningMs) {
    connection.warnedOfExpiry = true
    connection.send(JSON.stringify({ type: 'session.ending', reason: 'token_expired' }))
  }
  if (aliveSincePing && now - pingedAt >= pingIntervalMs) connection.ping(encodePing(hub, connection))
}

/** With the head of every room it listens to, so that a deaf socket finds out. */
function encodePing(hub: Hub, connection: Connection): string {
  const heads: Record<string, { epoch: string; seq: number }> = {}
  for (const [key, { room }] of connection.rooms) heads[room.id] = { epoch: room.epoch, seq: hub.headOf(key) }
  return JSON.stringify({ type: 'ping', heads })
}
