import { signal } from '@preact/signals'
import type { DurableEvent } from '../../protocol/events.ts'
import { indexFrom } from '../../sdk/by-seq.ts'
import type { Client } from '../../sdk/client.ts'
import { type EventOf, roomOf } from '../../sdk/state.ts'
import type { ActTools } from '../ground/act-tools.ts'

type RoomUpdate = EventOf<'room.updated'>['changed']

/** An entry of the log that is no message: somebody joined, left, or changed the room. */
export type Notice = { seq: number; at: string; username: string } & (
  | { kind: 'joined' | 'left' }
  | { kind: 'added' | 'removed'; by: string }
  | { kind: 'changed'; changed: RoomUpdate }
)

/** The largest page of a log. Parts begin at its multiples, so that none is loaded twice. */
const partSize = 500
export const partOf = (seq: number): number => Math.floor(Math.max(0, seq - 1) / partSize)
/** Where few messages lie between very many notices, only the last parts are loaded. */
const partsAtOnce = 3

/** The state has only the present members. New notices come from events, older ones from the log. */
export function collectNotices({ client, state, quietly }: Pick<ActTools, 'client' | 'state' | 'quietly'>) {
  const notices = signal<ReadonlyMap<string, readonly Notice[]>>(new Map())
  const asked = new Map<string, Set<number>>()

  /** The people of a direct room are in it from its beginning: that they joined says nothing. */
  const isDirect = (room: string) => roomOf(state.value, room)?.access === 'direct'

  const add = (room: string, more: readonly Notice[]) => {
    if (isDirect(room)) return
    const before = notices.value.get(room) ?? []
    const fresh = more.filter(({ seq }) => before[indexFrom(before, seq)]?.seq !== seq)
    if (fresh.length === 0) return
    const all = [...before, ...fresh].sort((a, b) => a.seq - b.seq)
    notices.value = new Map(notices.value).set(room, all)
  }
  const remove = (room: string) => {
    asked.delete(room)
    notices.value = new Map([...notices.value].filter(([other]) => other !== room))
  }

  const load = async (room: string, part: number) => {
    const mine = client()
    const query = { since: part * partSize, limit: partSize }
    const { epoch, items } = await mine.rest('GET /rooms/:room/log', { params: { room }, query })
    if (mine !== client() || roomOf(state.value, room)?.epoch !== epoch) return
    add(room, items.flatMap(noticeIn))
  }

  return {
    notices,
    lookBack(room: string, first: number, last: number) {
      if (isDirect(room)) return
      const parts = asked.get(room) ?? new Set()
      asked.set(room, parts)
      for (let part = Math.max(first, last + 1 - partsAtOnce); part <= last; part++) {
        if (parts.has(part)) continue
        parts.add(part)
        quietly(
          load(room, part).catch((error) => {
            parts.delete(part)
            throw error
          }),
        )
      }
    },
    collect(mine: Client) {
      notices.value = new Map()
      asked.clear()
      const hear = (event: DurableEvent) => add(event.room, noticeIn(event))
      mine.on('member.joined', hear)
      mine.on('member.left', hear)
      mine.on('room.updated', hear)
      // Events that happen before it is open again are missing here.
      mine.on('room.reset', ({ room }) => remove(room))
      mine.on('room.closed', ({ room }) => remove(room))
    },
  }
}

const moves = { 'member.joined': ['joined', 'added'], 'member.left': ['left', 'removed'] } as const

function noticeIn(event: DurableEvent): Notice[] {
  const { seq, at, actor: by } = event
  switch (event.type) {
    case 'member.joined':
    case 'member.left': {
      const { username } = event
      const [alone, byAnother] = moves[event.type]
      return [{ seq, at, username, ...(username === by ? { kind: alone } : { kind: byAnother, by }) }]
    }
    case 'room.updated':
      return [{ seq, at, username: by, kind: 'changed', changed: event.changed }]
    default:
      return []
  }
}
