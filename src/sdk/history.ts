import type { Message } from '../protocol/messages.ts'
import { applyOlder } from './apply-fetched.ts'
import { findSeq } from './by-seq.ts'
import { failure } from './errors.ts'
import {
  applyAround,
  applyNewer,
  applyOlderExcerpt,
  applyQuoted,
  type Read,
  withoutExcerpt,
} from './excerpt.ts'
import type { Level } from './level.ts'
import type { Requests } from './requests.ts'
import { type Excerpt, type RoomState, roomOf, type State } from './state.ts'
import type { Store } from './store.ts'

/** Loads messages that are not in the state yet. */
export type History = {
  /** The page before the excerpt, or without one before `messages`. Resolves to whether there are older ones. */
  older(room: string, limit?: number): Promise<boolean>
  /** The page after the excerpt. Resolves to whether there still is an excerpt. */
  newer(room: string, limit?: number): Promise<boolean>
  /** Resolves to `undefined` if there is no message of that `seq`. */
  around(room: string, seq: number, limit?: number): Promise<Message | undefined>
  loadQuoted(room: string, seq: number): Promise<void>
  toLatest(room: string): void
}

type Query = { before?: number; after?: number; limit: number }

export function createHistory(store: Store, requests: Requests, level: Level): History {
  const underWay = new Map<string, Promise<boolean>>()

  const opened = (id: string): RoomState => {
    const room = roomOf(store.get(), id)
    if (!room?.open) throw failure('room_not_open')
    return room
  }

  /** Loads pages into the state, unless the room was fetched again in between. */
  const read = (id: string, queries: Query[], put: (state: State, reads: Read[]) => State): Promise<void> =>
    level(
      id,
      () => Promise.all(queries.map((query) => requests.request('message.list', { room: id, ...query }))),
      put,
    )

  /** A request that is already under way is not sent again. */
  const once = (key: string, act: () => Promise<boolean>): Promise<boolean> => {
    const asked = underWay.get(key) ?? act().finally(() => underWay.delete(key))
    underWay.set(key, asked)
    return asked
  }

  const older = async (id: string, limit: number): Promise<boolean> => {
    const room = opened(id)
    const { messages, reachedStart } = room.excerpt ?? room
    if (reachedStart) return false
    const before = messages[0]?.seq ?? room.head + 1
    const put = room.excerpt ? applyOlderExcerpt : applyOlderPage
    await read(id, [{ before, limit }], (state, [page]) => put(state, id, page!))
    const now = roomOf(store.get(), id)
    return now?.open === true && !(now.excerpt ?? now).reachedStart
  }

  const newer = async (id: string, limit: number): Promise<boolean> => {
    const { excerpt } = opened(id)
    if (!excerpt) return false
    const after = excerpt.messages.at(-1)?.seq ?? 0
    await read(id, [{ after, limit }], (state, [page]) => applyNewer(state, id, page!))
    return roomOf(store.get(), id)?.excerpt !== undefined
  }

  const known = (id: string, seq: number) => {
    const room = roomOf(store.get(), id)
    return findSeq(room?.excerpt?.messages ?? [], seq) ?? findSeq(room?.messages ?? [], seq)
  }

  return {
    older: (id, limit = 50) => once(`older ${id}`, () => older(id, limit)),
    newer: (id, limit = 50) => once(`newer ${id}`, () => newer(id, limit)),
    async around(id, seq, limit = 50) {
      const room = opened(id)
      if (room.excerpt && reaches(room.excerpt, seq) && seq <= (room.excerpt.messages.at(-1)?.seq ?? 0))
        return known(id, seq)
      if (reaches(room, seq)) store.update((state) => withoutExcerpt(state, id))
      else {
        const queries = [
          { before: seq, limit },
          { after: seq - 1, limit },
        ]
        await read(id, queries, (state, [before, from]) => applyAround(state, id, before!, from!))
      }
      return known(id, seq)
    },
    async loadQuoted(id, seq) {
      const room = opened(id)
      if (known(id, seq) || Object.hasOwn(room.quoted ?? {}, seq)) return
      const query = { after: seq - 1, before: seq + 1, limit: 1 }
      await once(`quoted ${seq} ${id}`, async () => {
        await read(id, [query], (state, [page]) => applyQuoted(state, id, seq, page!))
        return true
      })
    },
    toLatest: (id) => store.update((state) => withoutExcerpt(state, id)),
  }
}

const reaches = ({ messages, reachedStart }: Excerpt, seq: number): boolean =>
  reachedStart || (messages[0]?.seq ?? Number.POSITIVE_INFINITY) <= seq

const applyOlderPage = (state: State, id: string, { page, asOf, since }: Read): State =>
  applyOlder(state, id, page, asOf, since)
