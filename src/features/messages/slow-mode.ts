import { createBatch } from '../../batch.ts'
import { createBounded } from '../../bounded.ts'
import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Scope, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import type { LogRoom } from '../log/entry.ts'
import type { RoomPass } from '../log/writer.ts'
import { type Access, moderates } from '../rooms/access.ts'
import { findLastTexts } from './store.ts'

const mostKept = 50_000
const mostAtOnce = 100
const never = Number.NEGATIVE_INFINITY
const textEvent = /^\{"type":"message\.(?:created|edited)".*?"at":"([^"]*)","actor":"([^"]*)"/

/**
 * When a person last wrote in a room, on the monotonic clock: `own` by this node, `stored` as the log has it, on whatever node. A person
 * who is not in `stored` has to be looked for in the log.
 */
const lastTexts = perServer((tools) => {
  const own = createBounded<string, number>(mostKept)
  const stored = createBounded<string, number>(mostKept)
  // What another node has written, and the writer of this one has read: it may be old.
  tools.bus.subscribe((note) => {
    if (note.to !== 'log' || !note.here || note.text === undefined) return
    noteStored(note.room, note.text, (at) => Math.max(0, tools.clock().getTime() - Date.parse(at)))
  })

  function noteStored(room: number, text: string, ageMs: (at: string) => number): void {
    const [, at, actor] = textEvent.exec(text) ?? []
    if (at === undefined) return
    const key = `${room} ${actor}`
    const before = stored.get(key) ?? never
    stored.set(key, Math.max(before, performance.now() - ageMs(at)))
  }

  async function read(sql: Sql, some: Asked[]): Promise<void> {
    const found = await findLastTexts(
      sql,
      some.map(({ room, actor }) => ({ roomKey: room, actorId: actor.id })),
    )
    const now = { wall: tools.clock().getTime(), clock: performance.now() }
    for (const { room, actor } of some) {
      const key = `${room} ${actor.username}`
      const at = found.get(`${room} ${actor.id}`)
      const last = at === undefined ? never : now.clock - Math.max(0, now.wall - at.getTime())
      stored.set(key, Math.max(last, stored.get(key) ?? never))
    }
  }

  const batch = createBatch<Asked, undefined>(mostAtOnce, async (some) => {
    await read(tools.sql, some)
    return some.map(() => undefined)
  })

  return { own, stored, noteStored, read, ask: batch.ask }
})

type Asked = { room: number; actor: Scope['actor'] }

/** This node has just sent an event to its sockets: it is as old as that, whatever the clock of the node says that wrote it. */
export function noteText(tools: Tools, room: LogRoom, text: string): void {
  // A node that is alone knows its own texts.
  if (tools.bus.others().size === 0) return
  lastTexts(tools).noteStored(room.key, text, () => 0)
}

/** Asked again in the tick in which the text is stored. */
type Slow = Pick<RoomPass<undefined>, 'recheck' | 'forget'>

/**
 * Slow mode: a member waits `slowSeconds` between two texts. An edit counts too: otherwise members could edit instead. Another node
 * may have stored a text, before this one knew the room or since, so what it returns is asked again when the text is stored.
 */
export function enforceSlowMode(
  scope: Scope,
  room: Access['room'],
  member: Access['member'],
): Slow | undefined {
  if (room.slowSeconds === 0 || moderates(scope, member)) return undefined
  const { own, stored, ask } = lastTexts(scope)
  const key = `${room.key} ${scope.actor.username}`
  const waitAfter = (last: number | undefined): number =>
    last === undefined ? 0 : last + room.slowSeconds * 1000 - performance.now()
  const refuseAfter = (...lasts: (number | undefined)[]): void => {
    const waitMs = Math.max(...lasts.map(waitAfter))
    if (waitMs <= 0) return
    throw new ChatError('slow_mode', { seconds: room.slowSeconds }, { retryAfterMs: Math.ceil(waitMs) })
  }
  const before = own.get(key)
  refuseAfter(before, stored.get(key))
  const now = performance.now()
  own.set(key, now)
  return {
    recheck() {
      if (stored.get(key) === undefined) return ask({ room: room.key, actor: scope.actor })
      try {
        refuseAfter(stored.get(key))
      } catch (error) {
        if (own.get(key) === now) own.set(key, before ?? never)
        throw error
      }
      return undefined
    },
    forget: () => stored.delete(key),
  }
}

/** For a transaction, which has to ask inside of itself: what `enforceSlowMode` must know. */
export async function readLastText(scope: Scope, sql: Sql, room: Access['room']): Promise<void> {
  const { stored, read } = lastTexts(scope)
  if (room.slowSeconds === 0 || stored.get(`${room.key} ${scope.actor.username}`) !== undefined) return
  await read(sql, [{ room: room.key, actor: scope.actor }])
}

/** The same pass, which slow mode may still refuse. */
export function slowed<Held>(pass: RoomPass<Held>, slow: Slow | undefined): RoomPass<Held> {
  if (!slow) return pass
  return {
    ...pass,
    recheck() {
      const held = pass.recheck()
      if (held instanceof Promise) return held
      const reading = slow.recheck()
      return reading instanceof Promise ? reading.then(() => held) : held
    },
    forget() {
      pass.forget?.()
      slow.forget?.()
    },
  }
}
