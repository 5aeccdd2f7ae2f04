import { signal } from '@preact/signals'
import type { DurableEvent } from '../../protocol/events.ts'
import type { LogPage } from '../../protocol/frames.ts'
import type { RoomChange } from '../../protocol/rooms.ts'
import { indexFrom } from '../../sdk/by-seq.ts'
import type { Client } from '../../sdk/client.ts'
import { roomOf } from '../../sdk/state.ts'
import type { ActTools } from '../ground/act-tools.ts'

/** What happened to a room beside its messages, as its log tells it: somebody came, went, or changed it. */
export type Notice = { seq: number; at: string; username: string } & (
  | { kind: 'joined' | 'left' }
  | { kind: 'added' | 'removed'; by: string }
  | { kind: 'changed'; changed: RoomChange }
)

/** The most that the server tells of a log at a time. Parts begin at its multiples: none is asked for twice. */
const partSize = 500
export const partOf = (seq: number): number => Math.floor(Math.max(0, seq - 1) / partSize)
/** Where there is little talk in much coming and going, the last parts tell enough. */
const partsAtOnce = 3

/** The state tells only who is a member now. What happens is told as it does; what happened before, by the log. */
export function collectNotices({ client, state, quietly }: Pick<ActTools, 'client' | 'state' | 'quietly'>) {
  const notices = signal<ReadonlyMap<string, readonly Notice[]>>(new Map())
  const asked = new Map<string, Set<number>>()

  const add = (room: string, told: readonly Notice[]) => {
    const before = notices.value.get(room) ?? []
    const fresh = told.filter(({ seq }) => before[indexFrom(before, seq)]?.seq !== seq)
    if (fresh.length === 0) return
    const all = [...before, ...fresh].sort((a, b) => a.seq - b.seq)
    notices.value = new Map(notices.value).set(room, all)
  }
  const forget = (room: string) => {
    asked.delete(room)
    notices.value = new Map([...notices.value].filter(([other]) => other !== room))
  }

  const load = async (room: string, part: number) => {
    const mine = client()
    const path = `/rooms/${encodeURIComponent(room)}/log?since=${part * partSize}&limit=${partSize}`
    const { epoch, items } = await mine.rest<LogPage>('GET', path)
    if (mine !== client() || roomOf(state.value, room)?.epoch !== epoch) return
    add(room, items.flatMap(noticeIn))
  }

  return {
    notices,
    lookBack(room: string, first: number, last: number) {
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
      // What happens until it is open again is told by nobody.
      mine.on('room.reset', ({ room }) => forget(room))
      mine.on('room.closed', ({ room }) => forget(room))
    },
  }
}

const moves = { 'member.joined': ['joined', 'added'], 'member.left': ['left', 'removed'] } as const

export function noticeIn(event: DurableEvent): Notice[] {
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
