import { type CommandTable, perServer, type Scope, type Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { isCrowded } from '../presence/online.ts'
import { accessRoom } from '../rooms/access.ts'

/** Typing ends by itself after `endsMs`. For each person and room, at most one event is sent in `quietMs`. */
const endsMs = 6000
const quietMs = 3000

/** `publishedAt`: absent if nobody has been sent that they are typing. */
type Typing = { publishedAt: number | undefined; end: ReturnType<typeof setTimeout> }

const typists = perServer(() => new Map<string, Typing>())

async function startTyping(scope: Scope, id: string): Promise<{ room: string }> {
  const { room } = await accessRoom(scope, id, 'post')
  const key = `${room.key} ${scope.actor.id}`
  const known = typists(scope).get(key)
  const now = performance.now()
  if (known) clearTimeout(known.end)
  const publishedAt = known?.publishedAt
  const due = !isCrowded(scope, room.key) && (publishedAt === undefined || now - publishedAt >= quietMs)
  if (due) publish(scope, room, scope.actor.username, true)
  const end = setTimeout(() => {
    typists(scope).delete(key)
    if (typing.publishedAt !== undefined) publish(scope, room, scope.actor.username, false)
  }, endsMs)
  end.unref()
  const typing: Typing = { publishedAt: due ? now : publishedAt, end }
  typists(scope).set(key, typing)
  return { room: room.id }
}

function publish(tools: Tools, room: LogRoom, username: string, typing: boolean): void {
  const text = JSON.stringify({ type: 'typing.changed', room: room.id, username, typing })
  tools.bus.publish({ to: 'room', room: room.key, text })
}

export const typingCommands = {
  'typing.start': { run: (scope, { room }) => startTyping(scope, room) },
} satisfies CommandTable
