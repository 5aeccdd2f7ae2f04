import { closeCodes } from '../protocol/close.ts'
import type { Tools } from '../scope.ts'
import type { Hub, LiveConnection } from './hub.ts'

const sweepMs = 250
const expiryWarningMs = 60_000

/** A socket with more unread bytes than this is closed; its client reconnects and resumes from the log. */
export const mostBuffered = 1 << 20

/** The same for all sockets together; those furthest behind are closed first. */
const mostBufferedInAll = 256 << 20

/** Regularly pings every socket, and closes those that are silent, slow or whose token has expired. */
export function startSweep(tools: Tools, hub: Hub): () => void {
  const timer = setInterval(() => {
    const now = performance.now()
    const wallClock = tools.clock().getTime()
    let unread = 0
    for (const connection of hub.all()) unread += sweep(tools, connection, now, wallClock)
    if (unread > mostBufferedInAll) relieve(tools, hub, unread)
  }, sweepMs)
  return () => clearInterval(timer)
}

/** Returns how many bytes the client has not read. */
function sweep(tools: Tools, connection: LiveConnection, now: number, wallClock: number): number {
  const unread = connection.bufferedBytes()
  if (unread <= mostBuffered) connection.longBytes = 0
  else if (unread > mostBuffered + connection.longBytes) {
    closeSlow(tools, connection)
    return 0
  }
  const { pingIntervalMs, pongTimeoutMs } = tools.policy
  const { pingedAt, aliveSincePing, expiresAt } = connection
  if (!aliveSincePing && now - pingedAt > pongTimeoutMs) {
    connection.close(closeCodes.no_pong.code, 'no sign of life')
    return 0
  }
  if (expiresAt <= wallClock) {
    connection.close(closeCodes.token_expired.code, 'the token has expired')
    return 0
  }
  if (!connection.warnedOfExpiry && expiresAt - wallClock < expiryWarningMs) {
    connection.warnedOfExpiry = true
    // Nothing comes before the first frame.
    connection.receiveAlone(JSON.stringify({ type: 'session.ending', reason: 'token_expired' }))
  }
  if (aliveSincePing && now - pingedAt >= pingIntervalMs) connection.ping(encodePing(connection))
  return unread
}

function closeSlow(tools: Tools, connection: LiveConnection): void {
  tools.metrics.slowReadersClosed.add()
  connection.close(closeCodes.slow.code, 'reading too slowly')
}

function relieve(tools: Tools, hub: Hub, unread: number): void {
  const behind = [...hub.all()].sort((one, other) => other.bufferedBytes() - one.bufferedBytes())
  for (const connection of behind) {
    if (unread <= mostBufferedInAll) return
    unread -= connection.bufferedBytes()
    closeSlow(tools, connection)
  }
}

/** With the head of every room it listens to, as it is stored, so that a client notices missing events. */
function encodePing(connection: LiveConnection): string {
  const heads: Record<string, { epoch: string; seq: number }> = {}
  for (const { room, stored } of connection.rooms.values())
    heads[room.id] = { epoch: room.epoch, seq: stored() }
  return JSON.stringify({ type: 'ping', heads })
}
